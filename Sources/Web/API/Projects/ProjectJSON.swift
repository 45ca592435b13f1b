import Basics
import Workloads

/// Writes projects without the generic encoder: this is the hottest list. A test compares it with ``ProjectView``.
enum ProjectJSON {
    static func list(_ projects: [ProjectSummary], url: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 64 + projects.count * 640)
        writer.object { out in
            out.key("projects")
            out.array { out in for project in projects { write(project, url, to: &out) } }
        }
        return writer.bytes
    }

    static func one(_ project: ProjectSummary, url: String) -> [UInt8] {
        var writer = JSONWriter(capacity: 768)
        writer.object { out in
            out.key("project")
            write(project, url, to: &out)
        }
        return writer.bytes
    }

    private static func write(_ project: ProjectSummary, _ url: String, to out: inout JSONWriter) {
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
            out.key("region")
            reference(project.location, to: &out)
            out.key("availability_zone")
            reference(project.zone, to: &out)
            out.key("links")
            links(project.id, url, to: &out)
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

    private static func links(_ id: Int64, _ url: String, to out: inout JSONWriter) {
        let base = "\(url)/api/projects/\(id)/"
        out.object { out in
            out.key("services")
            out.value(base + "services")
            out.key("container_images")
            out.value(base + "images")
            out.key("bastions")
            out.value(base + "bastions")
        }
    }
}
