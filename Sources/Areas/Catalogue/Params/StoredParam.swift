import Basics
import SQL

/// A row that belongs to an image and is known by a natural key, so that loading a catalogue again finds it.
protocol StoredParam: Sendable, Equatable {
    static var table: SQL { get }
    var id: Int64 { get set }
    var createdAt: Moment { get set }
    var updatedAt: Moment { get set }
    /// What it is known by among the rows of its image.
    var key: String { get }
    /// Columns and values for an INSERT, besides image and times.
    func insert(image: Int64, at now: Moment) -> SQL
    /// Overwrites the row `id` with this one's content.
    func update(id: Int64, at now: Moment) -> SQL
}

extension StoredParam {
    /// The same without identity and times: what a catalogue file says of it.
    var content: Self {
        var copy = self
        copy.id = 0
        copy.createdAt = Moment(milliseconds: 0)
        copy.updatedAt = Moment(milliseconds: 0)
        return copy
    }

    /// Makes the stored rows those that are wanted, in the same order; answers how many rows it wrote.
    static func sync(
        _ wanted: [Self], with stored: [Self], image: Int64, at now: Moment, in transaction: any Transaction
    ) throws -> Int {
        let wantedKeys = Set(wanted.map(\.key))
        var kept = stored.filter { wantedKeys.contains($0.key) }
        // Rows are listed by id. When the order changed, new rows are the only way to a new order.
        if kept.map(\.key) != wanted.prefix(kept.count).map(\.key) { kept = [] }
        let keptIDs = Set(kept.map(\.id))
        var written = 0
        for row in stored where !keptIDs.contains(row.id) {
            written += try transaction.run("DELETE FROM \(table) WHERE id = \(row.id)")
        }
        for (row, new) in zip(kept, wanted) where row.content != new.content {
            written += try transaction.run(new.update(id: row.id, at: now))
        }
        for new in wanted.dropFirst(kept.count) {
            written += try transaction.run(new.insert(image: image, at: now))
        }
        return written
    }
}

extension EnvParam: StoredParam {
    static let table: SQL = "image_env_params"
    var key: String { name }

    func insert(image: Int64, at now: Moment) -> SQL {
        """
        INSERT INTO image_env_params (image_id, name, label, param_type, value, created_at, updated_at)
        VALUES (\(image), \(name), \(label), \(kind.rawValue), \(value), \(now), \(now))
        """
    }

    func update(id: Int64, at now: Moment) -> SQL {
        """
        UPDATE image_env_params SET label = \(label), param_type = \(kind.rawValue), value = \(value),
            updated_at = \(now)
        WHERE id = \(id)
        """
    }
}

extension SettingParam: StoredParam {
    static let table: SQL = "image_setting_params"
    var key: String { name }

    func insert(image: Int64, at now: Moment) -> SQL {
        """
        INSERT INTO image_setting_params (image_id, name, label, param_type, value, created_at, updated_at)
        VALUES (\(image), \(name), \(label), \(kind.rawValue), \(value), \(now), \(now))
        """
    }

    func update(id: Int64, at now: Moment) -> SQL {
        """
        UPDATE image_setting_params SET label = \(label), param_type = \(kind.rawValue), value = \(value),
            updated_at = \(now)
        WHERE id = \(id)
        """
    }
}

extension PortParam: StoredParam {
    static let table: SQL = "image_ingress_params"
    var key: String { "\(proto.rawValue)/\(port)" }

    func insert(image: Int64, at now: Moment) -> SQL {
        """
        INSERT INTO image_ingress_params (image_id, port, proto, external_access, backend_ssl, tcp_proxy_opt, tcp_lb,
            created_at, updated_at)
        VALUES (\(image), \(port), \(proto.rawValue), \(external), \(backendTLS), \(proxyHeader.rawValue),
            \(tcpLoadBalancing), \(now), \(now))
        """
    }

    func update(id: Int64, at now: Moment) -> SQL {
        """
        UPDATE image_ingress_params SET external_access = \(external), backend_ssl = \(backendTLS),
            tcp_proxy_opt = \(proxyHeader.rawValue), tcp_lb = \(tcpLoadBalancing), updated_at = \(now)
        WHERE id = \(id)
        """
    }
}

extension VolumeParam: StoredParam {
    static let table: SQL = "image_volume_params"
    var key: String { mountPath }

    func insert(image: Int64, at now: Moment) -> SQL {
        """
        INSERT INTO image_volume_params (image_id, label, mount_path, mount_ro, enable_sftp, created_at, updated_at)
        VALUES (\(image), \(label), \(mountPath), \(readOnly), \(enableSFTP), \(now), \(now))
        """
    }

    func update(id: Int64, at now: Moment) -> SQL {
        """
        UPDATE image_volume_params SET label = \(label), mount_ro = \(readOnly), enable_sftp = \(enableSFTP),
            updated_at = \(now)
        WHERE id = \(id)
        """
    }
}
