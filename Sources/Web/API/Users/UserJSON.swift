import Basics
import Contract
import Identity
import NIOCore
import Workloads

/// Writes accounts without the generic encoder: integrations begin every session with this call. A test compares it
/// with ``UserView``.
enum UserJSON {
    static func one(_ overview: AccountOverview) -> ByteBuffer {
        let (profile, data) = (overview.profile, overview.profile.data)
        var writer = JSONWriter(capacity: 1024)
        writer.object { out in
            out.key("user")
            out.object { out in
                person(profile, data, to: &out)
                out.key("billing_plan")
                reference(profile.planID, profile.planName, to: &out)
                out.key("currency")
                out.object { out in
                    out.key("code")
                    out.value(data.currency)
                    out.key("symbol")
                    out.value(Currency.symbol(data.currency))
                }
                holdings(overview, to: &out)
                quotas(profile, to: &out)
                out.key("unprocessed_usage")
                // Nothing meters yet, so nothing waits for a bill.
                out.value("0.0")
            }
        }
        return writer.withBytes { ByteBuffer(bytes: $0) }
    }

    private static func person(_ profile: Profile, _ data: ProfileData, to out: inout JSONWriter) {
        out.key("id")
        out.value(profile.id)
        text("fname", data.firstName, to: &out)
        text("lname", data.lastName, to: &out)
        text("email", data.email, to: &out)
        text("phone", data.phone, to: &out)
        text("address1", data.address1, to: &out)
        text("address2", data.address2, to: &out)
        text("city", data.city, to: &out)
        text("company_name", data.companyName, to: &out)
        text("country", data.country, to: &out)
        text("timezone", profile.timezone, to: &out)
        out.key("c_sftp_pass")
        out.value(data.sftpPassword)
        text("zip", data.zip, to: &out)
        text("vat", profile.vat, to: &out)
        text("state", data.state, to: &out)
        text("locale", data.locale, to: &out)
        out.key("created_at")
        out.value(profile.createdAt)
        out.key("updated_at")
        out.value(profile.updatedAt)
    }

    private static func holdings(_ overview: AccountOverview, to out: inout JSONWriter) {
        out.key("services")
        out.object { out in
            number("projects", overview.projects, to: &out)
            number("containers", overview.containers, to: &out)
            number("container_services", overview.services, to: &out)
            number("container_images", overview.images, to: &out)
            // Nothing sells these two yet.
            number("container_registries", 0, to: &out)
            number("dns_zones", 0, to: &out)
        }
    }

    private static func quotas(_ profile: Profile, to out: inout JSONWriter) {
        out.key("quota")
        out.object { out in
            quota("containers", profile.containersCount, of: profile.quotas.containers, to: &out)
            quota("cr", 0, of: profile.quotas.registries, to: &out)
            quota("dns_zones", 0, of: profile.quotas.dnsZones, to: &out)
        }
    }

    private static func quota(_ name: StaticString, _ current: Int64, of limit: Int64, to out: inout JSONWriter) {
        out.key(name)
        out.object { out in
            number("current", current, to: &out)
            number("quota", limit, to: &out)
            out.key("is_over")
            out.value(current >= limit)
            number("available", limit - current, to: &out)
        }
    }

    private static func reference(_ id: Int64, _ name: String, to out: inout JSONWriter) {
        out.object { out in
            number("id", id, to: &out)
            text("name", name, to: &out)
        }
    }

    private static func number(_ name: StaticString, _ value: Int64, to out: inout JSONWriter) {
        out.key(name)
        out.value(value)
    }

    private static func text(_ name: StaticString, _ value: String?, to out: inout JSONWriter) {
        out.key(name)
        if let value { out.value(value) } else { out.null() }
    }
}
