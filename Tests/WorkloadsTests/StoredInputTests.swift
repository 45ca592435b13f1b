import Foundation
import Testing
import Workloads

/// Inputs of operations are stored and read again by later versions, so their names stay.
struct StoredInputTests {
    @Test func namesOfFieldsStayAsTheyWereReleased() throws {
        try expect(
            ContainersInput(projectID: 1, serviceID: 2, containerIDs: [3, 4]),
            #"{"containerIDs":[3,4],"projectID":1,"serviceID":2}"#)
        try expect(
            OrderProvisionInput(orderID: "o", projectID: 1, containerIDs: [3]),
            #"{"containerIDs":[3],"orderID":"o","projectID":1}"#)
        try expect(
            ServiceScalingInput(projectID: 1, serviceID: 2, addedIDs: [3], removedIDs: []),
            #"{"addedIDs":[3],"projectID":1,"removedIDs":[],"serviceID":2}"#)
        try expect(ServiceTrashInput(projectID: 1, serviceID: 2), #"{"projectID":1,"serviceID":2}"#)
        try expect(ProjectTrashInput(projectID: 1), #"{"projectID":1}"#)
        try expect(
            ContainerRecoverInput(projectID: 1, containerID: 2, reason: "r", givesUp: false),
            #"{"containerID":2,"givesUp":false,"projectID":1,"reason":"r"}"#)
    }

    private func expect<Input: Codable & Equatable>(_ input: Input, _ text: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        #expect(String(decoding: try encoder.encode(input), as: UTF8.self) == text)
        #expect(try JSONDecoder().decode(Input.self, from: Data(text.utf8)) == input)
    }
}
