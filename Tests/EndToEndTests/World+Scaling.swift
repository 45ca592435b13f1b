import Basics
import Foundation
import SQLiteDriver
import Workloads

extension World {
    /// Asks for a number of containers as the server's own code does, from this process: API v60 has no call for it.
    func scale(service: Int, to quantity: Int64) async throws {
        let file = try SQLiteDatabase(path: databaseFile.path)
        let owner = Caller(userID: 1, isAdmin: true, means: .apiKey, requestID: "scaling", address: "")
        do {
            _ = try await ServiceScaling.scale(
                service: Int64(service), to: quantity, by: owner, at: SystemWallClock().now(), in: file)
        } catch {
            await file.close()
            throw error
        }
        await file.close()
    }
}
