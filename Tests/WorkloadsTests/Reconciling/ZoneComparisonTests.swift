import Basics
import Fleet
import Testing

@testable import Workloads

struct ZoneComparisonTests {
    @Test func whatIsAsItShouldBeNeedsNothing() {
        #expect(actions([wanted()], [actual("c-1")]).isEmpty)
        #expect(actions([wanted(desired: "stopped", state: "stopped")], [actual("c-1", .exited)]).isEmpty)
    }

    @Test func whatShouldRunAndDoesNotIsNotedOnce() {
        for state in [EngineContainer.State.exited, .created, .dead] {
            let found = actions([wanted()], [actual("c-1", state)])
            guard case .noteCrash(1, 7, _, counts: true)? = found.first, found.count == 1 else {
                Issue.record("\(state): \(found)")
                continue
            }
            #expect(actions([wanted(state: "crashed")], [actual("c-1", state)]).isEmpty)
            #expect(actions([wanted(state: "crash_loop")], [actual("c-1", state)]).isEmpty)
        }
    }

    /// A removal by hand and an outage of the engine are nobody's crash.
    @Test func whatIsGoneOrEndedWithItsEngineDoesNotCountAsACrash() {
        guard case .noteCrash(1, 7, _, counts: false)? = actions([wanted()], []).first else {
            Issue.record("a container that is gone")
            return
        }
        guard case .noteCrash(1, 7, _, counts: false)? = actions([wanted()], [actual("c-1", .exited)], away: true).first
        else {
            Issue.record("a container that ended with its engine")
            return
        }
    }

    @Test func whatRunsAgainIsNotedAndWhatShouldNotRunIsStopped() {
        #expect(actions([wanted(state: "crashed")], [actual("c-1")]) == [.noteRunning(containerID: 1)])
        #expect(
            actions([wanted(desired: "stopped", state: "stopped")], [actual("c-1")])
                == [.stop(containerID: 1, serviceID: 3, projectID: 7)])
    }

    @Test func whatAnOperationWorksOnIsLeftAlone() {
        #expect(actions([wanted(busy: true)], []).isEmpty)
        #expect(actions([wanted(instance: "draining", busy: true)], [actual("c-1")]).isEmpty)
        #expect(actions([], [actual("c-9", container: 5)], busyProjects: [7]).isEmpty)
    }

    @Test func leftoversOfEndedOperationsAreDiscarded() {
        let row = wanted(instance: "draining")
        #expect(actions([row], [actual("c-1")]) == [.discard(row.instance)])
    }

    @Test func onlyOursWithoutARowIsRemovedAndNothingNewerThanTheDatabase() {
        #expect(actions([], [actual("c-9", container: 5)]) == [.removeOrphan(name: "c-9")])
        #expect(actions([], [actual("c-9", container: 50)]).isEmpty, "newer than anything the database handed out")
        #expect(actions([], [actual("ingress", container: nil)]).isEmpty)
    }

    private func actions(
        _ wanted: [ZoneComparison.Wanted], _ actual: [EngineContainer], away: Bool = false,
        busyProjects: Set<Int64> = []
    ) -> [ZoneComparison.Action] {
        ZoneComparison(highestContainerID: 10, engineWasAway: away, busyProjects: busyProjects)
            .actions(wanted: wanted, actual: actual)
    }

    private func wanted(
        desired: String = "running", state: String = "running", instance: String = "serving", busy: Bool = false
    ) -> ZoneComparison.Wanted {
        ZoneComparison.Wanted(
            instance: InstanceFacts(
                id: 2, containerID: 1, serviceID: 3, generation: 1, engineName: "c-1", isPublic: true,
                hasVolumes: false),
            projectID: 7, instanceState: instance, desiredState: desired, containerState: state,
            crashes: .init(count: 0, lastAt: nil), isBusy: busy)
    }

    private func actual(
        _ name: String, _ state: EngineContainer.State = .running, container: Int64? = 1
    ) -> EngineContainer {
        var labels = ["berth.project": "7"]
        labels["berth.container"] = container.map { "\($0)" }
        return EngineContainer(
            id: name, name: name, state: state, imageID: "sha256:0", labels: labels, addresses: [:],
            exitCode: nil, outOfMemory: false, restartCount: 0)
    }
}
