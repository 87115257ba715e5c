package io.tapsentinel.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.monitoring.health.KnownProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Texts of the page in each state. */
class PageVerdictIT extends OpenPage {

    @Test
    void healthyProgramIsOk() {
        showHealthy();
        assertThat(page.locator("#verdict .problems")).hasCount(0);
        assertThat(page.locator(".facts time").first()).hasAttribute("title", Pattern.compile("11:05:00"));
        assertText(
                "#hours .summary",
                "Nothing is missing in 20 swept hours. 4 hours not swept yet:"
                        + " each hour is read again and compared some hours after its end.");
        assertText("#gaps", "No gaps: all time since the first start has been read or will be.");
    }

    @Test
    void outageIsDownAndListsTheWorstProblemFirst() {
        see(PageStates.outage(), "down", OUTAGE);
        assertText("#verdict .problems li", new String[] {
            "sentinel: Sentinel denies the identity write access"
                    + "ProofPointTAPClicksPermittedV2_CL: 403 OperationFailed; 41 failed requests in a row since"
                    + " 08:06:02 UTC" + "What to do: "
                    + KnownProblem.SENTINEL_ROLE
                            .remedy()
                            .replace("the command doctor", "java -jar tap-sentinel.jar doctor"),
            "tap: windows keep failing" + "25 in a row since 08:06:02 UTC; last: rows wait for Sentinel"
                    + "What to do: "
                    + KnownProblem.TAP_FAILING
                            .remedy()
                            .replace("the command doctor", "java -jar tap-sentinel.jar doctor")
        });
        assertText("#tables .card-state", "Sentinel does not accept rows; retrying");
        assertThat(page.locator("#tables .card").first()).containsText("Sentinel does not accept rows");
        assertContains(".facts", "Read until 08:05 UTC, 2 h 4 min behind. Last poll at 08:06:00 UTC.");
        assertText("#sink .what", "ProofPointTAPClicksPermittedV2_CL: 41 failed uploads in a row, needs action");
    }

    @Test
    void suspendedTableIsShownAndTheFiguresOfItsHoursAddUp() {
        see(PageStates.suspended(), "down", "Down: a table has been suspended for 30 minutes");
        assertText(
                "#verdict .problems li",
                "sentinel: a table has been suspended for 30 minutes"
                        + "ProofPointTAPClicksBlockedV2_CL has been suspended for 1 h 3 min (since 09:06 UTC): Sentinel answered 404 NotFound"
                        + " (request id 1). 118 events are deferred; next probe at the first poll after 10:20 UTC"
                        + "What to do: check sentinel.dcr-immutable-id and sentinel.endpoint against the data collection rule;"
                        + " the other tables go on, and TAP keeps the events for 7 days");
        assertText("#tables .card-state", "Suspended: its events are deferred");
        assertThat(page.locator("#tables .card").nth(1)).containsText("118 (2 withdrawn)");
        assertContains("#sink", "Suspended: ProofPointTAPClicksBlockedV2_CL. See the top of this page.");
        assertThat(page.locator("#sink .problems li")).hasCount(0);
        assertThat(page.locator("#hours thead tr").nth(1).locator("th"))
                .hasCount(25); // five columns for all tables together and for each of the four
        assertText("#hours tr.deferred .state", "7 deferred");
        assertText(
                "#hours tr.deferred td.number",
                figures(PageStates.suspended().at("/hours/5"), "theirs", "ours", "deferred", "withdrawn", "missing"));
        assertText(
                "#hours caption",
                "Reported: events that Proofpoint reports for the hour. In Sentinel: those that Sentinel acknowledged."
                        + " Deferred: waiting for a suspended table. Withdrawn: deferred, but no longer reported."
                        + " Reported is the sum of the other columns.");
        assertThat(page.locator("#hours thead tr").nth(1).locator("th").first()).hasText("Reported");
        assertThat(page.locator("#hours thead tr").nth(1).locator("th").nth(1)).hasText("In Sentinel");
        assertContains("#hours .summary", "Nothing is missing in 20 swept hours.");
        assertContains("#gaps", "2 h 5 min to be read again for ProofPointTAPClicksBlockedV2_CL.");
        assertContains("#gaps", "2 events of ProofPointTAPClicksBlockedV2_CL withdrawn");
    }

    private static String[] figures(JsonNode hour, String... names) {
        List<String> figures = new ArrayList<>();
        List<JsonNode> groups = new ArrayList<>(List.of(hour));
        hour.get("tables").forEach(groups::add);
        for (JsonNode group : groups) {
            long rest = group.get("theirs").longValue();
            for (String name : names) {
                figures.add(String.format("%,d", group.get(name).longValue()));
                rest -= name.equals("theirs") ? 0 : group.get(name).longValue();
            }
            assertThat(rest).as("reported minus the other columns").isZero();
        }
        return figures.toArray(String[]::new);
    }

    @Test
    void catchingUpTableIsShown() {
        see(
                PageStates.catchingUp(),
                "wait",
                "OK: new events are in Sentinel until 10:05 UTC; still deferred: 118 events of Clicks blocked");
        assertThat(page.locator("#verdict .problems")).hasCount(0);
        assertText("#tables .card-state", "Catching up: deferred events are read again");
        assertContains(
                "#gaps",
                "ProofPointTAPClicksBlockedV2_CL is catching up from 08:00 UTC: 118 events are deferred and being read from TAP again.");
    }

    @Test
    void overlappingGapsCountOnce() {
        ObjectNode lost = PageStates.losses().put("lostSeconds", 28_800);
        lost.putArray("problems");
        ((ArrayNode) lost.get("hours")).removeAll();
        ArrayNode gaps = (ArrayNode) lost.put("gapsTotal", 2).get("gaps");
        gaps.add(gaps.get(0).deepCopy());
        see(lost, "degraded", "Degraded: time was lost: 8 h that could not be read or delivered");
    }

    @Test
    void lossesAreShown() {
        see(PageStates.losses(), "degraded", "Degraded: swept hours lack events that TAP reports, and 1 more problem");
        assertContains("#verdict .problems", "time was lost: 6 h 15 min that could not be read or delivered");
        assertText("#hours .incomplete .state", "3 missing");
        assertContains("#hours .summary", "3 events missing.");
        assertContains("#gaps", "1 gap.");
        assertThat(page.locator("#gaps tbody td").nth(1)).hasText("6 h 15 min");
        assertContains("#rejected", "2 records not in Sentinel, reported by TAP in the last 8 days.");
        assertContains("#rejected", "50 possible duplicates: ");
        assertContains("#archive", "12 answers, 1.2 MB");
        assertContains("#progress", "5 h");
    }

    @Test
    void rejectedRecordsHaveTheirOwnColumn() {
        server.show(PageStates.rejected());
        page.navigate(server.url());
        assertText("#hours tr.rejected .state", "2 rejected");
        assertText(
                "#hours tr.rejected td.number",
                figures(PageStates.rejected().at("/hours/6"), "theirs", "ours", "rejected", "missing"));
        assertContains("#hours .summary", "Nothing is missing in 20 swept hours.");
        assertText(
                "#hours caption",
                "Reported: events that Proofpoint reports for the hour. In Sentinel: those that Sentinel acknowledged."
                        + " Rejected: stored at tap.rejected.uri instead. Reported is the sum of the other columns.");
    }

    @Test
    void firstStartShowsTheNextAttempt() {
        see(PageStates.empty(), "wait", "Nothing read yet");
        assertText(".facts", "Nothing read yet. Next attempt 10:15 UTC.");
        assertText("#progress", "Nothing read yet. Next attempt 10:15 UTC.");
        assertContains("#hours", "No hour has been swept yet");
        assertContains("#archive", "Off");

        ObjectNode waiting = PageStates.empty();
        PageStates.change(waiting, "", """
                {hours: [{hour: '2026-11-23T09:00:00Z', sweptAt: null, dueAt: '2026-11-23T14:00:00Z', theirs: null, ours: null,
                          missing: null, tables: []}]}""");
        see(waiting, "wait", "Nothing read yet");
        until(() -> page.locator("#hours")
                .textContent()
                .contains("No hour has been swept yet: the first is due at 14:00 UTC."));

        ObjectNode asking = PageStates.empty();
        PageStates.change(asking, "/progress", "{nextAttemptAt: '" + PageStates.AT + "'}");
        see(asking, "wait", "Nothing read yet");
        until(() -> page.locator(".facts").textContent().equals("Nothing read yet. The first poll is running."));
    }

    @Test
    @Tag("full")
    void figuresNotCountedYetAreNotShownAsZero() {
        ObjectNode early = PageStates.healthy();
        early.putNull("late");
        early.putNull("rejected");
        see(early, "up", ARRIVED);
        assertContains("#late", "Counting…");
        assertContains("#rejected", "Counting…");
    }

    @Test
    void problemsThatOnlyTheFiguresShowAreReported() {
        ObjectNode missing = PageStates.losses().put("overall", "UP");
        missing.putArray("problems");
        see(
                missing,
                "degraded",
                "Degraded: 3 events that Proofpoint reported are missing in Sentinel," + " and 1 more problem");
        assertContains("#verdict .problems", "3 events that Proofpoint reported are missing in Sentinel");

        ObjectNode lost = PageStates.losses();
        PageStates.change(lost, "", """
                {overall: 'DEGRADED', hours: [],
                 problems: [{part: 'storage', level: 'DEGRADED', what: 'records were rejected', remedy: '-'}]}""");
        see(
                lost,
                "degraded",
                "Degraded: time was lost: 6 h 15 min that could not be read or delivered, and 1 more problem");
        PageStates.change(lost, "/gaps/0", "{noticedAt: '2025-11-14T16:20:08Z', from: '2025-11-07T10:05:00Z'}");
        see(lost, "degraded", "Degraded: records were rejected");
        assertThat(page.locator("#gaps tbody th").first()).hasText("7 Nov 2025 10:05");

        ObjectNode behind = PageStates.healthy();
        PageStates.change(behind, "/progress", "{lagSeconds: 1021}");
        see(behind, "degraded", "Degraded: reading is 17 min 1 s behind");
        assertContains("#verdict .problems", "reading is 17 min 1 s behind");

        ObjectNode backlog = PageStates.healthy();
        PageStates.change(backlog, "/progress", "{backlogSeconds: 18000}");
        see(backlog, "wait", "OK: new events are in Sentinel until 10:05 UTC; 5 h of backlog is still being read");
    }

    @Test
    @Tag("full")
    void rejectedDocumentsWithoutARowAreShown() {
        ObjectNode changed = PageStates.losses();
        PageStates.change(changed, "/rejected", "{total: 0}");
        server.show(changed);
        page.navigate(server.url());
        until(() -> page.locator("#rejected").textContent().contains("2 documents at tap.rejected.uri"));
        assertContains("#rejected tbody", "InvalidRecord");
    }
}
