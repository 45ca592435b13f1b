import Basics
import Testing
import Workloads

@Suite struct OrderRequestTests {
    private func parse(_ text: String) throws -> OrderRequest {
        try OrderRequest.parse(try JSONValue(parsing: text.utf8))
    }

    private func problems(_ text: String) -> [String] {
        do {
            _ = try parse(text)
            return []
        } catch {
            return (error as? Fault)?.sentences ?? ["\(error)"]
        }
    }

    @Test func everyFormOfChoosingImageAndPackageIsUnderstood() throws {
        let request = try parse(
            """
            {"order":{"project_name":" Demo ","location_id":"3","region_id":4,"skip_ssh":"1","external_id":77,"new":1,
            "containers":[
              {"image_variant_id":1,"resources":{"product_id":10}},
              {"image_id":"2","resources":{"package_id":11}},
              {"container_image_id":3,"product_id":12,"qty":"2"},
              {"image_variant_id":4,"package_id":13,"name":"A","params":[{"key":"k","value":5}],"domains":["x.y"]}
            ]}}
            """)
        #expect(request.target == .newProject(name: "Demo"))
        #expect(request.locationID == 3)
        #expect(request.zoneID == 4)
        #expect(request.skipSSH)
        #expect(request.externalID == "77")
        #expect(
            request.lines == [
                OrderRequest.Line(image: .variant(1), productID: 10),
                OrderRequest.Line(image: .image(2), productID: 11),
                OrderRequest.Line(image: .image(3), productID: 12, quantity: 2),
                OrderRequest.Line(
                    image: .variant(4), label: "A", productID: 13,
                    params: [OrderRequest.Param(key: "k", value: "5")], domains: ["x.y"]),
            ])
    }

    @Test func volumesAreNamedByTheirCSRN() throws {
        let request = try parse(
            """
            {"order":{"project_id":9,"containers":[{"image_variant_id":1,"volumes":[
              {"csrn":"csrn:caas:template:vol:data:5","action":"skip"},
              {"csrn":"csrn:caas:template:vol:data:6","mount_ro":true},
              {"csrn":"csrn:caas:template:vol:data:7","action":"mount","source":"csrn:caas:project:vol:x:8"}
            ]}]}}
            """)
        #expect(request.target == .project(9))
        #expect(
            request.lines[0].volumes == [
                OrderRequest.Volume(templateID: 5, action: .skip),
                OrderRequest.Volume(templateID: 6, action: .create, readOnly: true),
                OrderRequest.Volume(templateID: 7, action: .mount(.volume(8))),
            ])
    }

    @Test func everyWrongFieldIsNamed() {
        #expect(
            problems(
                """
                {"order":{"location_id":true,"skip_ssh":"maybe","containers":[
                  5, {"qty":0,"resources":[],"params":[1],"domains":"x"}, {"image_variant_id":-1,"qty":21},
                  {"image_variant_id":1,"volumes":[{"csrn":"csrn:caas:template:vol:d:5","action":"clone"}]},
                  {"image_variant_id":1,"volumes":[{"csrn":"x"}, {}]}
                ]}}
                """) == [
                    "location_id must be an id (a positive whole number), not true.",
                    "skip_ssh must be true or false, not \"maybe\".",
                    "Missing project name: give project_name, or project_id to add to a project.",
                    "containers[0] must be an object, not 5.",
                    "containers[1].qty must be a whole number from 1 to 20, not 0.",
                    "containers[1].resources must be an object, not a list.",
                    "containers[1].params[0] must be an object with a text \"key\" and a \"value\".",
                    "containers[1].domains must be a list, not \"x\".",
                    "containers[1].image_variant_id is missing: name an image by image_variant_id or image_id.",
                    "containers[2].qty must be a whole number from 1 to 20, not 21.",
                    "containers[2].image_variant_id must be an id (a positive whole number), not -1.",
                    "containers[3].volumes[0].action is not available yet: volumes cannot be filled from backups. "
                        + "Use create, mount or skip.",
                    "containers[4].volumes[0].csrn must name a volume template (csrn:caas:template:vol:…:id), "
                        + "not \"x\".",
                    "containers[4].volumes[1].csrn is missing: name the image's volume template.",
                ])
    }

    @Test(arguments: ["{}", "[]", "null", "5", "{\"order\":null}", "{\"order\":[]}"])
    func aBodyWithoutAnOrderIsMalformed(_ text: String) throws {
        let fault = #expect(throws: Fault.self) { _ = try parse(text) }
        #expect(fault?.code == .malformed)
    }

    @Test func emptyContainersAreMissing() {
        #expect(
            problems("{\"order\":{\"project_name\":\"a\",\"containers\":[]}}")
                == ["Missing containers: give at least one member of containers."])
    }
}
