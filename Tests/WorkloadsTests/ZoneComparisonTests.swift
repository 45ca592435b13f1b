import Basics
import Fleet
import Testing

@testable import Workloads

@Suite struct ZoneComparisonTests {
    private static let facts = InstanceFacts(
        id: 7, containerID: 3, serviceID: 2, generation: 1, engineName: "berth-x-container-3-1", isPublic: true,
        hasVolumes: false)

    private func wanted(
        instance: String = "serving", desired: String = "running", believed: String = "running", isBusy: Bool = false
    ) -> ZoneComparison.Wanted {
        ZoneComparison.Wanted(
            instance: Self.facts, projectID: 1, instanceState: instance, desiredState: desired,
            containerState: believed, crashes: CrashPolicy.Record(count: 0, lastAt: nil), isBusy: isBusy)
    }

    private func found(
        _ state: EngineContainer.State, name: String = facts.engineName, labels: [String: String] = [:],
        outOfMemory: Bool = false
    ) -> EngineContainer {
        EngineContainer(
            id: "e", name: name, state: state, imageID: "i", labels: labels, addresses: [:], exitCode: nil,
            outOfMemory: outOfMemory, restartCount: 0)
    }

    private func actions(
        _ wanted: [ZoneComparison.Wanted], _ actual: [EngineContainer], engineWasAway: Bool = false,
        busyProjects: Set<Int64> = []
    ) -> [ZoneComparison.Action] {
        ZoneComparison(highestContainerID: 10, engineWasAway: engineWasAway, busyProjects: busyProjects)
            .actions(wanted: wanted, actual: actual)
    }

    private func crash(_ detail: String, counts: Bool = true) -> [ZoneComparison.Action] {
        [.noteCrash(containerID: 3, projectID: 1, detail: detail, counts: counts)]
    }

    @Test func whatIsAsItShouldBeIsLeftAlone() {
        #expect(actions([wanted()], [found(.running)]).isEmpty)
        #expect(actions([wanted(desired: "stopped", believed: "stopped")], [found(.exited)]).isEmpty)
        #expect(actions([wanted(desired: "stopped", believed: "stopped")], []).isEmpty)
        #expect(actions([wanted(desired: "removed", believed: "stopped")], [found(.running)]).isEmpty)
        #expect(actions([], []).isEmpty)
    }

    @Test func whatAnOperationWorksOnIsLeftAlone() {
        for state in ["building", "serving", "draining"] {
            #expect(actions([wanted(instance: state, isBusy: true)], []).isEmpty)
        }
    }

    @Test func aContainerThatEndedIsACrashWithItsReason() {
        #expect(actions([wanted()], [found(.exited)]) == crash("The container ended by itself."))
        #expect(
            actions([wanted()], [found(.exited, outOfMemory: true)]) == crash("The container ran out of memory."))
        #expect(actions([wanted()], [found(.dead)]) == crash("The container was dead."))
    }

    @Test func whatSomebodyElseDidDoesNotCountAsACrash() {
        #expect(
            actions([wanted()], []) == crash("The container was gone from the engine.", counts: false))
        #expect(
            actions([wanted()], [found(.exited)], engineWasAway: true)
                == crash("The container had ended when the engine came back.", counts: false))
    }

    @Test(arguments: ["crashed", "crash_loop"])
    func aKnownCrashIsNotNotedAgain(believed: String) {
        #expect(actions([wanted(believed: believed)], [found(.exited)]).isEmpty)
        #expect(actions([wanted(believed: believed)], []).isEmpty)
    }

    @Test func aContainerThatRunsAgainIsNoted() {
        #expect(actions([wanted(believed: "crashed")], [found(.running)]) == [.noteRunning(containerID: 3)])
    }

    @Test func whatShouldBeStoppedIsStopped() {
        let stop = [ZoneComparison.Action.stop(containerID: 3, serviceID: 2, projectID: 1)]
        #expect(actions([wanted(desired: "stopped")], [found(.running)]) == stop)
        #expect(actions([wanted(desired: "stopped")], [found(.restarting)]) == stop)
    }

    @Test(arguments: ["building", "draining"])
    func anInstanceThatNobodyWorksOnIsDiscarded(state: String) {
        #expect(actions([wanted(instance: state)], [found(.running)]) == [.discard(Self.facts)])
        #expect(actions([wanted(instance: state)], []) == [.discard(Self.facts)])
    }

    @Test func aContainerWithoutARowIsRemovedOnlyWhenItIsSurelyOurs() {
        func orphan(_ container: String?, project: String? = "1") -> EngineContainer {
            var labels: [String: String] = [:]
            labels[EngineNames.containerLabel] = container
            labels[EngineNames.projectLabel] = project
            return found(.running, name: "left", labels: labels)
        }
        #expect(actions([], [orphan("10")]) == [.removeOrphan(name: "left")])
        // Newer than this database knows: it may have been restored from a backup.
        #expect(actions([], [orphan("11")]).isEmpty)
        #expect(actions([], [orphan("10")], busyProjects: [1]).isEmpty)
        #expect(actions([], [orphan(nil)]).isEmpty)
        #expect(actions([], [orphan("10", project: nil)]).isEmpty)
        #expect(actions([], [orphan("ten")]).isEmpty)
    }
}
