package io.tapsentinel.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.monitoring.health.KnownProblem;
import io.tapsentinel.page.PageServer.Mode;
import io.tapsentinel.testing.Browser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the top of the page says in each state, and how it follows the program. */
class PageVerdictIT {

    private static final String ARRIVED = "Everything that Proofpoint reported until 10:05 UTC has arrived";
    private static final String OUTAGE =
            "Somebody has to act: Sentinel forbids the identity to write, and 1 more problem";

    @AutoClose
    private final Browser browser = Browser.start();

    private PageServer server;
    private Page page;

    @BeforeEach
    void open() throws IOException {
        server = new PageServer(PageStates.healthy());
        page = browser.desk(ColorScheme.LIGHT);
        page.clock().install();
    }

    @AfterEach
    void close() {
        page.context().close();
        server.close();
    }

    @Test
    void wellMeansThatEverythingHasArrived() {
        seeThatAllIsWell();
        assertThat(page.locator("#verdict .problems")).hasCount(0);
        assertThat(page.locator(".facts time").first()).hasAttribute("title", Pattern.compile("11:05:00"));
        assertThat(page.locator("#hours .summary"))
                .hasText("Nothing is missing in 20 swept hours. 4 hours not swept yet:"
                        + " an hour is swept, which is to be read once more and compared, some hours after its end.");
        assertThat(page.locator("#gaps")).hasText("No gap: all time since the first start was read, or still will be.");
    }

    @Test
    void inAnOutageItSaysWhatIsWrongAndWhatToDoWorstFirst() {
        see(PageStates.outage(), "down", OUTAGE, "Act · tap-sentinel");
        assertThat(page.locator("#verdict .problems li")).hasText(new String[] {
            "sentinel: Sentinel forbids the identity to write"
                    + "ProofPointTAPClicksPermittedV2_CL since 08:06:02 UTC, 41 failed requests in a row:"
                    + " 403 OperationFailed" + "What to do: "
                    + KnownProblem.SENTINEL_ROLE
                            .remedy()
                            .replace("the command doctor", "java -jar tap-sentinel.jar doctor"),
            "tap: windows keep failing" + "25 in a row since 08:06:02 UTC, the last one: rows wait for Sentinel"
                    + "What to do: "
                    + KnownProblem.TAP_FAILING
                            .remedy()
                            .replace("the command doctor", "java -jar tap-sentinel.jar doctor")
        });
        assertThat(page.locator("#tables .card-state")).hasText(new String[] {"Sentinel takes no rows, they wait"});
        assertThat(page.locator("#tables .card").first()).containsText("Sentinel takes no rows");
        assertThat(page.locator(".facts")).containsText("Read until 08:05 UTC, 2 h 4 min behind the clock");
        assertThat(page.locator("#sink .what"))
                .hasText("ProofPointTAPClicksPermittedV2_CL: 41 failed uploads in a row, somebody has to act");
    }

    @Test
    void aSuspendedTableIsNamedAtTheTopAndTheFiguresOfItsHoursAddUp() {
        see(
                PageStates.suspended(),
                "down",
                "Somebody has to act: a table has been suspended for 30 minutes",
                "Act · tap-sentinel");
        assertThat(page.locator("#verdict .problems li"))
                .hasText("sentinel: a table has been suspended for 30 minutes"
                        + "ProofPointTAPClicksBlockedV2_CL is suspended since 09:06 UTC (1 h 3 min): 404 NotFound (request 1)."
                        + " 118 of its events are deferred; the next probe is at the first poll after 10:20 UTC"
                        + "What to do: check sentinel.dcr-immutable-id and sentinel.endpoint against the data collection rule;"
                        + " the other tables do not wait for it, and TAP keeps its events for 7 days");
        assertThat(page.locator("#tables .card-state")).hasText(new String[] {"Suspended, its events are deferred"});
        assertThat(page.locator("#tables .card").nth(1)).containsText("118 (2 withdrawn)");
        assertThat(page.locator("#sink"))
                .containsText(
                        "Suspended: ProofPointTAPClicksBlockedV2_CL. The top of this page says why and what to do.");
        assertThat(page.locator("#sink .problems li")).hasCount(0);
        assertThat(page.locator("#hours thead tr").nth(1).locator("th"))
                .hasCount(25); // theirs, ours, deferred, withdrawn and missing of all and of four tables
        assertThat(page.locator("#hours tr.deferred .state")).hasText("7 deferred");
        assertThat(page.locator("#hours tr.deferred td.number"))
                .hasText(figures(
                        PageStates.suspended().at("/hours/5"), "theirs", "ours", "deferred", "withdrawn", "missing"));
        assertThat(page.locator("#hours caption"))
                .hasText("Theirs: what Proofpoint reports of the hour. Ours: of these, what Sentinel has acknowledged."
                        + " Deferred: what waits for a suspended table. Withdrawn: deferred, but no longer reported."
                        + " Theirs is the sum of the others.");
        assertThat(page.locator("#hours .summary")).containsText("Nothing is missing in 20 swept hours.");
        assertThat(page.locator("#gaps"))
                .containsText("2 h 5 min will be read again for ProofPointTAPClicksBlockedV2_CL.");
        assertThat(page.locator("#gaps")).containsText("2 events of ProofPointTAPClicksBlockedV2_CL withdrawn");
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
            assertThat(rest).as("theirs is the sum of the others").isZero();
        }
        return figures.toArray(String[]::new);
    }

    @Test
    void whileATableCatchesUpNotEverythingHasArrived() {
        see(
                PageStates.catchingUp(),
                "wait",
                "New events have arrived until 10:05 UTC; still to come: 118 deferred events of Clicks blocked",
                "Wait · tap-sentinel");
        assertThat(page.locator("#verdict .problems")).hasCount(0);
        assertThat(page.locator("#tables .card-state")).hasText(new String[] {"Deferred events are being read again"});
        assertThat(page.locator("#gaps"))
                .containsText("118 deferred events of ProofPointTAPClicksBlockedV2_CL are being read again from TAP,"
                        + " oldest from 08:00 UTC.");
    }

    @Test
    void lostTimeIsWhatTheProgramCountsAndNotTheSumOfTheGaps() {
        ObjectNode lost = PageStates.losses().put("lostSeconds", 28_800);
        lost.putArray("problems");
        ((ArrayNode) lost.get("hours")).removeAll();
        ArrayNode gaps = (ArrayNode) lost.put("gapsTotal", 2).get("gaps");
        gaps.add(gaps.get(0).deepCopy());
        see(
                lost,
                "degraded",
                "Running, but needs a look: time was lost: 8 h that could not be read or delivered",
                "Look · tap-sentinel");
    }

    @Test
    void whatIsLostMissingOrRejectedShows() {
        see(
                PageStates.losses(),
                "degraded",
                "Running, but needs a look: swept hours lack events that TAP reports, and 1 more problem",
                "Look · tap-sentinel");
        assertThat(page.locator("#verdict .problems"))
                .containsText("time was lost: 6 h 15 min that could not be read or delivered");
        assertThat(page.locator("#hours .incomplete .state")).hasText("3 missing");
        assertThat(page.locator("#hours .summary")).containsText("3 events missing.");
        assertThat(page.locator("#gaps")).containsText("1 gap.");
        assertThat(page.locator("#gaps tbody td").nth(1)).hasText("6 h 15 min");
        assertThat(page.locator("#rejected"))
                .containsText("2 records not in Sentinel that TAP reported in the last 8 days.");
        assertThat(page.locator("#rejected")).containsText("50 records that Sentinel may hold twice");
        assertThat(page.locator("#archive")).containsText("12 answers, 1.2 MB");
        assertThat(page.locator("#progress")).containsText("5 h");
    }

    @Test
    void aRejectedRecordIsNeitherOursNorMissingInItsHour() {
        server.show(PageStates.rejected());
        page.navigate(server.url());
        assertThat(page.locator("#hours tr.rejected .state")).hasText("2 rejected");
        assertThat(page.locator("#hours tr.rejected td.number"))
                .hasText(figures(PageStates.rejected().at("/hours/6"), "theirs", "ours", "rejected", "missing"));
        assertThat(page.locator("#hours .summary")).containsText("Nothing is missing in 20 swept hours.");
        assertThat(page.locator("#hours caption"))
                .hasText("Theirs: what Proofpoint reports of the hour. Ours: of these, what Sentinel has acknowledged."
                        + " Rejected: not in Sentinel, stored at tap.rejected.uri. Theirs is the sum of the others.");
    }

    @Test
    void afterTheFirstStartItSaysThatNothingHasBeenReadYet() {
        see(PageStates.empty(), "wait", "Nothing read yet", "Wait · tap-sentinel");
        assertThat(page.locator(".facts")).hasText("Nothing read yet. Next attempt 10:15 UTC.");
        assertThat(page.locator("#progress")).hasText("Nothing read yet. Next attempt 10:15 UTC.");
        assertThat(page.locator("#hours")).containsText("No hour has been swept yet");
        assertThat(page.locator("#archive")).containsText("Off");

        ObjectNode waiting = PageStates.empty();
        ((ArrayNode) waiting.get("hours"))
                .addObject()
                .put("hour", "2026-11-23T09:00:00Z")
                .putNull("sweptAt")
                .put("dueAt", "2026-11-23T14:00:00Z")
                .putNull("theirs")
                .putNull("ours")
                .putNull("missing")
                .putArray("tables");
        see(waiting, "wait", "Nothing read yet", "Wait · tap-sentinel");
        until(() -> page.locator("#hours")
                .textContent()
                .contains("No hour has been swept yet: the first is due at 14:00 UTC."));

        ObjectNode asking = PageStates.empty();
        ((ObjectNode) asking.get("progress")).put("nextAttemptAt", PageStates.AT.toString());
        see(asking, "wait", "Nothing read yet", "Wait · tap-sentinel");
        until(() -> page.locator(".facts").textContent().equals("Nothing read yet. Proofpoint is being asked."));
    }

    @Test
    @Tag("full")
    void whatIsStillCountedIsNotCalledNone() {
        ObjectNode early = PageStates.healthy();
        early.putNull("late");
        early.putNull("rejected");
        see(early, "up", ARRIVED, "All is well · tap-sentinel");
        assertThat(page.locator("#late")).containsText("Being counted.");
        assertThat(page.locator("#rejected")).containsText("Being counted.");
    }

    @Test
    void whatNoPartHasToldIsNotCalledWellAllTheSame() {
        ObjectNode missing = PageStates.losses().put("overall", "UP");
        missing.putArray("problems");
        see(
                missing,
                "degraded",
                "Running, but needs a look: 3 events that Proofpoint reported are missing in Sentinel,"
                        + " and 1 more problem",
                "Look · tap-sentinel");
        assertThat(page.locator("#verdict .problems"))
                .containsText("3 events that Proofpoint reported are missing in Sentinel");

        ObjectNode lost = PageStates.losses().put("overall", "DEGRADED");
        lost.putArray("problems")
                .addObject()
                .put("part", "storage")
                .put("level", "DEGRADED")
                .put("what", "records were rejected")
                .put("remedy", "-");
        ((ArrayNode) lost.get("hours")).removeAll();
        see(
                lost,
                "degraded",
                "Running, but needs a look: time was lost: 6 h 15 min that could not be read or delivered, and 1 more problem",
                "Look · tap-sentinel");
        ((ObjectNode) lost.at("/gaps/0"))
                .put("noticedAt", "2025-11-14T16:20:08Z")
                .put("from", "2025-11-07T10:05:00Z");
        see(lost, "degraded", "Running, but needs a look: records were rejected", "Look · tap-sentinel");
        assertThat(page.locator("#gaps tbody th").first()).hasText("7 Nov 2025 10:05");

        ObjectNode behind = PageStates.healthy();
        ((ObjectNode) behind.get("progress")).put("lagSeconds", 1021);
        see(behind, "degraded", "Running, but needs a look: reading is 17 min 1 s behind", "Look · tap-sentinel");
        assertThat(page.locator("#verdict .problems")).containsText("reading is 17 min 1 s behind");

        ObjectNode backlog = PageStates.healthy();
        ((ObjectNode) backlog.get("progress")).put("backlogSeconds", 18_000);
        see(
                backlog,
                "wait",
                "New events have arrived until 10:05 UTC; 5 h of older time is still being read",
                "Wait · tap-sentinel");
    }

    @ParameterizedTest
    @CsvSource({
        "REFUSES, it answers with status 503",
        "HANGS, it does not answer within 4.5 s",
        "REPEATS, it answers with the same figures again",
        "NO_JSON, its answer is no JSON"
    })
    void afterTwoRefreshesInVainNobodyCanTakeThePageForThePresent(Mode mode, String why) {
        seeThatAllIsWell();
        // none may be on its way when the fault begins
        hidden(true);
        page.evaluate("fetch('status.json').then(answer => answer.text())");
        if (mode == Mode.HANGS) {
            // how long the page waits is real time
            page.evaluate("() => { window.timeout = AbortSignal.timeout;"
                    + " AbortSignal.timeout = ms => window.timeout.call(AbortSignal, ms / 20); }");
        }
        server.mode(mode);
        int before = server.asked();
        hidden(false);
        until(() -> page.locator(".notice").count() == 1);
        // the first of the same figures again may be new to the page, and the next may come so soon that it proves
        // nothing
        assertThat(server.asked())
                .as("requests until it is said")
                .isBetween(before + 2, before + (mode == Mode.REPEATS ? 5 : 3));
        assertThat(page.locator("#verdict h2"))
                .hasText(Pattern.compile("Unknown: no contact with the program since 10:\\d\\d:\\d\\d UTC"));
        assertThat(page.locator("#verdict")).hasAttribute("data-level", "lost");
        assertThat(page.locator(".notice")).containsText("Why: " + why + ". What to do: see whether the program runs");
        assertThat(page).hasTitle("No contact · tap-sentinel");
        assertThat(page.locator("body")).hasClass("stale");

        page.evaluate("() => { AbortSignal.timeout = window.timeout || AbortSignal.timeout; }");
        server.mode(Mode.ANSWERS);
        until(() -> page.locator(".notice").count() == 0);
        assertThat(page.locator("#verdict h2")).hasText(ARRIVED);
        assertThat(page.locator("body")).not().hasClass("stale");
        browser.expectComplaint("Failed to load resource");
    }

    @Test
    @Tag("full")
    void neverAreTwoRequestsOnTheirWayAndNoneWhileNobodyLooks() {
        seeThatAllIsWell();
        hidden(true);
        int before = server.asked();
        page.clock().runFor(60_000);
        assertThat(server.asked()).as("requests while hidden").isEqualTo(before);
        server.mode(Mode.HANGS);
        hidden(false);
        until(() -> server.asked() == before + 1);
        hidden(true);
        hidden(false);
        page.clock().runFor(3_000);
        assertThat(server.asked()).as("requests while one is on its way").isEqualTo(before + 1);
        server.mode(Mode.ANSWERS);
        until(() -> server.asked() >= before + 3);
    }

    @Test
    void figuresThatCannotBeShownAreNotTakenForThePresent() {
        seeThatAllIsWell();
        ObjectNode other = PageStates.healthy();
        other.remove("progress");
        server.show(other);
        until(() -> page.locator(".notice").count() == 1);
        assertThat(page.locator(".notice"))
                .containsText("its figures cannot be shown: the program and this page are of different versions");
        assertThat(page).hasTitle("No contact · tap-sentinel");

        seeThatAllIsWell();
        assertThat(page.locator(".notice")).hasCount(0);
        browser.expectComplaint("pollIntervalSeconds");
    }

    @Test
    @Tag("full")
    void whoeverComesBackTwiceWithinMomentsIsNotToldOfLostContact() {
        seeThatAllIsWell();
        int before = server.asked();
        until(() -> server.asked() > before);
        server.mode(Mode.REPEATS);
        for (int i = 0; i < 3; i++) {
            int asked = server.asked();
            hidden(true);
            assertThat(page).hasTitle("Not watched · tap-sentinel");
            hidden(false);
            until(() -> server.asked() > asked);
        }
        server.mode(Mode.ANSWERS);
        seeThatAllIsWell();
        assertThat(page.locator(".notice")).hasCount(0);
    }

    @Test
    @Tag("full")
    void rejectedRecordsThatOnlyTheirFilesTellOfShow() {
        ObjectNode changed = PageStates.losses();
        ((ObjectNode) changed.get("rejected")).put("total", 0);
        server.show(changed);
        page.navigate(server.url());
        until(() -> page.locator("#rejected").textContent().contains("2 documents lie at tap.rejected.uri"));
        assertThat(page.locator("#rejected tbody")).containsText("InvalidRecord");
    }

    @Test
    @Tag("full")
    void aRefreshLeavesFocusScrollingAndWhatIsOpenAsTheyAre() {
        seeThatAllIsWell();
        page.setViewportSize(360, 740);
        page.locator("summary").nth(2).click();
        page.locator("#hours .scroll").focus();
        page.evaluate("document.querySelector('#hours .scroll').scrollLeft = 20; window.was = document.activeElement;"
                + " window.said = 0; new MutationObserver(all => window.said += all.length).observe(document.getElementById('announce'),"
                + " {childList: true, characterData: true, subtree: true}); scrollTo(0, 250)");
        ObjectNode later = PageStates.healthy();
        ((ObjectNode) later.get("progress")).put("readTo", "2026-11-23T10:10:00Z");
        see(
                later,
                "up",
                "Everything that Proofpoint reported until 10:10 UTC has arrived",
                "All is well · tap-sentinel");
        assertThat(page.evaluate(
                        "[document.activeElement === window.was, window.was.scrollLeft, scrollY, window.said]"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .as("same focus, scrolled inside, scrolled, said")
                .containsExactly(true, 20, 250, 0);
        assertThat(page.locator("details").nth(2)).hasAttribute("open", "");

        see(PageStates.outage(), "down", OUTAGE, "Act · tap-sentinel");
        assertThat(page.locator("#announce")).containsText("What to do: give the identity the role Monitoring");
        assertThat(page.evaluate("document.activeElement === window.was"))
                .as("same focus")
                .isEqualTo(true);
    }

    private void seeThatAllIsWell() {
        see(PageStates.healthy(), "up", ARRIVED, "All is well · tap-sentinel");
    }

    private void see(ObjectNode state, String level, String headline, String title) {
        server.show(state);
        if (!page.url().equals(server.url())) {
            page.navigate(server.url());
        }
        until(() -> page.locator("#verdict h2").textContent().equals(headline));
        assertThat(page.locator("#verdict")).hasAttribute("data-level", level);
        assertThat(page).hasTitle(title);
    }

    /** Lets the browser's time pass, much faster than the clock on the wall; how long a request may take is real time. */
    private void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            page.clock().runFor(500);
        }
        assertThat(condition.getAsBoolean())
                .as("comes in time: %s", page.locator("#verdict").innerText())
                .isTrue();
    }

    private void hidden(boolean value) {
        page.evaluate(
                "value => { Object.defineProperty(document, 'hidden', {value, configurable: true});"
                        + " document.dispatchEvent(new Event('visibilitychange')); }",
                value);
    }
}
