package io.tapsentinel.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.page.PageServer.Mode;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the page follows the program, and what it says once it cannot. */
class PageRefreshIT extends OpenPage {

    @ParameterizedTest
    @CsvSource({"REFUSES, it answers with status 503", "HANGS, it does not answer within 4.5 s"})
    void afterTwoRefreshesInVainNobodyCanTakeThePageForThePresent(Mode mode, String why) {
        seeThatContactIsLost(mode, why);
    }

    @ParameterizedTest
    @CsvSource({"REPEATS, it answers with the same figures again", "NO_JSON, its answer is no JSON"})
    @Tag("full")
    void norAfterTwoAnswersThatSayNothingNew(Mode mode, String why) {
        seeThatContactIsLost(mode, why);
    }

    private void seeThatContactIsLost(Mode mode, String why) {
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
        assertContains(".notice", "Why: " + why + ". What to do: see whether the program runs");
        assertThat(page).hasTitle("No contact · tap-sentinel");
        assertThat(page.locator("body")).hasClass("stale");

        page.evaluate("() => { AbortSignal.timeout = window.timeout || AbortSignal.timeout; }");
        server.mode(Mode.ANSWERS);
        until(() -> page.locator(".notice").count() == 0);
        assertText("#verdict h2", ARRIVED);
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
        assertContains(".notice", "its figures cannot be shown: the program and this page are of different versions");
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
    void aRefreshLeavesFocusScrollingAndWhatIsOpenAsTheyAre() {
        seeThatAllIsWell();
        page.setViewportSize(360, 740);
        page.locator("summary").nth(2).click();
        page.locator("#hours .scroll").focus();
        page.evaluate("document.querySelector('#hours .scroll').scrollLeft = 20; window.was = document.activeElement;"
                + " window.said = 0; new MutationObserver(all => window.said += all.length).observe(document.getElementById('announce'),"
                + " {childList: true, characterData: true, subtree: true}); scrollTo(0, 250)");
        ObjectNode later = PageStates.healthy();
        PageStates.change(later, "/progress", "{readTo: '2026-11-23T10:10:00Z'}");
        see(later, "up", "Everything that Proofpoint reported until 10:10 UTC has arrived");
        assertThat(page.evaluate(
                        "[document.activeElement === window.was, window.was.scrollLeft, scrollY, window.said]"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .as("same focus, scrolled inside, scrolled, said")
                .containsExactly(true, 20, 250, 0);
        assertThat(page.locator("details").nth(2)).hasAttribute("open", "");

        see(PageStates.outage(), "down", OUTAGE);
        assertContains("#announce", "What to do: assign the identity the role Monitoring");
        assertThat(page.evaluate("document.activeElement === window.was"))
                .as("same focus")
                .isEqualTo(true);
    }
}
