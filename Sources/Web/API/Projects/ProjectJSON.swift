import Basics
import NIOCore
import Workloads

/// Writes projects without the generic encoder: this is the hottest list. A test compares it with ``ProjectView``.
enum ProjectJSON {
    static func list(_ projects: [ProjectSummary], url: String) -> ByteBuffer {
        let base = base(url)
        var places = Places()
        var writer = JSONWriter(capacity: 64 + projects.count * 720)
        writer.object { out in
            out.key("projects")
            out.array { out in for project in projects { write(project, base, &places, to: &out) } }
        }
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }

    static func one(_ project: ProjectSummary, url: String) -> ByteBuffer {
        var places = Places()
        var writer = JSONWriter(capacity: 768)
        writer.object { out in
            out.key("project")
            write(project, base(url), &places, to: &out)
        }
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }

    /// The members that say where a project is. Most of a list is in one zone, so they are written once and copied.
    private struct Places {
        private var zone: NamedID?
        private var members: [UInt8] = []

        mutating func members(of project: ProjectSummary) -> [UInt8] {
            if zone == project.zone { return members }
            var writer = JSONWriter(capacity: 256)
            writer.key("region")
            reference(project.location, to: &writer)
            writer.key("availability_zone")
            reference(project.zone, to: &writer)
            zone = project.zone
            members = writer.finish()
            return members
        }
    }

    private static func base(_ url: String) -> JSONWriter.Beginning { .init(url + "/api/projects/") }

    private static func write(
        _ project: ProjectSummary, _ base: JSONWriter.Beginning, _ places: inout Places, to out: inout JSONWriter
    ) {
        out.object { out in
            out.key("id")
            out.value(project.id)
            out.key("name")
            out.value(project.name)
            out.key("skip_ssh")
            out.value(project.skipSSH)
            out.key("current_state")
            out.value(project.condition.rawValue)
            out.key("created_at")
            out.value(project.createdAt)
            out.key("updated_at")
            out.value(project.updatedAt)
            out.key("container_image_ids")
            out.array { out in for image in project.images { out.value(image.id) } }
            out.members(places.members(of: project))
            out.key("links")
            links(project.id, base, to: &out)
            out.key("metadata")
            out.object { out in
                out.key("icons")
                out.array { _ in }
                out.key("image_names")
                out.array { out in for image in project.images { out.value(image.name) } }
            }
        }
    }

    private static func reference(_ thing: NamedID, to out: inout JSONWriter) {
        out.object { out in
            out.key("id")
            out.value(thing.id)
            out.key("name")
            out.value(thing.name)
        }
    }

    private static func links(_ id: Int64, _ base: JSONWriter.Beginning, to out: inout JSONWriter) {
        out.object { out in
            out.key("services")
            out.value(base, id, "/services")
            out.key("container_images")
            out.value(base, id, "/images")
            out.key("bastions")
            out.value(base, id, "/bastions")
        }
    }
}
