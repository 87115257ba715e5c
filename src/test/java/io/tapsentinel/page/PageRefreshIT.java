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

/** Refreshing, and loss of contact with the program. */
class PageRefreshIT extends OpenPage {

    @ParameterizedTest
    @CsvSource({"REFUSES, the program answers with status 503", "HANGS, the program does not answer within 4.5 s"})
    void twoFailedRefreshesShowThatContactIsLost(Mode mode, String why) {
        seeThatContactIsLost(mode, why);
    }

    @ParameterizedTest
    @CsvSource({"REPEATS, the program repeats the same figures", "NO_JSON, the answer is not JSON"})
    @Tag("full")
    void twoUselessAnswersShowThatContactIsLost(Mode mode, String why) {
        seeThatContactIsLost(mode, why);
    }

    private void seeThatContactIsLost(Mode mode, String why) {
        showHealthy();
        // no request may be in progress when the fault begins
        hidden(true);
        page.evaluate("fetch('status.json').then(answer => answer.text())");
        if (mode == Mode.HANGS) {
            // request timeouts take real time
            page.evaluate("() => { window.timeout = AbortSignal.timeout;"
                    + " AbortSignal.timeout = ms => window.timeout.call(AbortSignal, ms / 20); }");
        }
        server.mode(mode);
        int before = server.asked();
        hidden(false);
        until(() -> page.locator(".notice").count() == 1);
        // in mode REPEATS the first answer may be new to the page, and the second may come too soon to count
        assertThat(server.asked())
                .as("requests until the page shows it")
                .isBetween(before + 2, before + (mode == Mode.REPEATS ? 5 : 3));
        assertThat(page.locator("#verdict h2"))
                .hasText(Pattern.compile("Unknown: no contact with the program since 10:\\d\\d:\\d\\d UTC"));
        assertThat(page.locator("#verdict")).hasAttribute("data-level", "lost");
        assertContains(".notice", "Why: " + why + ". What to do: check that the program is running");
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
    void sendsOneRequestAtATimeAndNoneWhileHidden() {
        showHealthy();
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
        assertThat(server.asked()).as("requests while one is in progress").isEqualTo(before + 1);
        server.mode(Mode.ANSWERS);
        until(() -> server.asked() >= before + 3);
    }

    @Test
    void figuresOfAnotherVersionCountAsLostContact() {
        showHealthy();
        ObjectNode other = PageStates.healthy();
        other.remove("progress");
        server.show(other);
        until(() -> page.locator(".notice").count() == 1);
        assertContains(".notice", "the program and this page have different versions; reload the page");
        assertThat(page).hasTitle("No contact · tap-sentinel");

        showHealthy();
        assertThat(page.locator(".notice")).hasCount(0);
        browser.expectComplaint("pollIntervalSeconds");
    }

    @Test
    @Tag("full")
    void returningToThePageQuicklyIsNotLostContact() {
        showHealthy();
        int before = server.asked();
        until(() -> server.asked() > before);
        server.mode(Mode.REPEATS);
        for (int i = 0; i < 3; i++) {
            int asked = server.asked();
            hidden(true);
            assertThat(page).hasTitle("Paused · tap-sentinel");
            hidden(false);
            until(() -> server.asked() > asked);
        }
        server.mode(Mode.ANSWERS);
        showHealthy();
        assertThat(page.locator(".notice")).hasCount(0);
    }

    @Test
    @Tag("full")
    void refreshKeepsFocusScrollingAndOpenDetails() {
        showHealthy();
        page.setViewportSize(360, 740);
        page.locator("summary").nth(2).click();
        page.locator("#hours .scroll").focus();
        page.evaluate("document.querySelector('#hours .scroll').scrollLeft = 20; window.was = document.activeElement;"
                + " window.said = 0; new MutationObserver(all => window.said += all.length).observe(document.getElementById('announce'),"
                + " {childList: true, characterData: true, subtree: true}); scrollTo(0, 250)");
        ObjectNode later = PageStates.healthy();
        PageStates.change(later, "/progress", "{readTo: '2026-11-23T10:10:00Z'}");
        see(later, "up", "OK: all events reported by Proofpoint until 10:10 UTC are in Sentinel");
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
