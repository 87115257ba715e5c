package io.tapsentinel.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.testing.Browser;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** The page in a browser with a controlled clock, on a server whose figures the test sets. */
abstract class OpenPage {

    static final String ARRIVED = "OK: all events reported by Proofpoint until 10:05 UTC are in Sentinel";
    static final String OUTAGE = "Down: Sentinel denies the identity write access, and 1 more problem";

    private static final Map<String, String> TITLES =
            Map.of("up", "OK", "wait", "OK", "degraded", "Degraded", "down", "Down");

    @AutoClose
    final Browser browser = Browser.start();

    PageServer server;
    Page page;

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

    void showHealthy() {
        see(PageStates.healthy(), "up", ARRIVED);
    }

    void see(ObjectNode state, String level, String headline) {
        server.show(state);
        if (!page.url().equals(server.url())) {
            page.navigate(server.url());
        }
        until(() -> page.locator("#verdict h2").textContent().equals(headline));
        assertThat(page.locator("#verdict")).hasAttribute("data-level", level);
        assertThat(page).hasTitle(TITLES.get(level) + " · tap-sentinel");
    }

    /** Advances the browser's clock until the condition holds. Request timeouts still take real time. */
    void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            page.clock().runFor(500);
        }
        assertThat(condition.getAsBoolean())
                .as(
                        "condition within 60 s; page shows: %s",
                        page.locator("#verdict").innerText())
                .isTrue();
    }

    void hidden(boolean value) {
        page.evaluate(
                "value => { Object.defineProperty(document, 'hidden', {value, configurable: true});"
                        + " document.dispatchEvent(new Event('visibilitychange')); }",
                value);
    }

    void assertText(String selector, String... texts) {
        assertThat(page.locator(selector)).hasText(texts);
    }

    void assertContains(String selector, String text) {
        assertThat(page.locator(selector)).containsText(text);
    }
}
