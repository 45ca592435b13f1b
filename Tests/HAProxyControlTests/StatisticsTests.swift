import Edge
import Testing

@testable import HAProxyControl

struct StatisticsTests {
    @Test func eachVerdictIsReadFromItsColumns() {
        let csv = """
            # pxname,svname,status,weight,check_status,last_chk,
            rule-1,ok,UP,1,L4OK,,
            rule-1,again,UP,1,* L4OK,,
            rule-1,tls,UP,1,L6OK,,
            rule-1,new,UP,1,INI,,
            rule-1,late,UP,1,* INI,,
            rule-1,shaky,UP 1/2,1,L4CON,,
            rule-1,gone,DOWN,1,L4CON,,
            rule-1,slow,DOWN,1,* L4TOUT,,
            rule-1,both,UP,1,L4OK,,
            rule-2,both,DOWN,1,L4CON,,
            """
        #expect(
            HAProxyStatistics.health(csv: csv) == [
                "ok": .healthy, "again": .healthy, "tls": .healthy, "new": .unknown, "late": .unknown,
                "shaky": .unknown, "gone": .failing, "slow": .failing, "both": .failing,
            ])
    }

    @Test(arguments: ["", "\n", "nonsense", "# pxname,svname", "# svname,status,check_status\nshort"])
    func anythingElseSaysNothing(csv: String) { #expect(HAProxyStatistics.health(csv: csv).isEmpty) }
}
