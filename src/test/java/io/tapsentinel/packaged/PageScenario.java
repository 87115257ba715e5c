package io.tapsentinel.packaged;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.testing.Browser;
import io.tapsentinel.testing.CustomRoutes;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The status page of a running program, and a browser that shows it. */
final class PageScenario {

    static final Duration SOON = Duration.ofSeconds(60);
    static final double SOON_MS = SOON.toMillis();

    /** A poll, two refreshes, since one may have asked just before, and some time for a machine that is busy. */
    static final double SHOWN_MS = 20_000;

    private final PackagedProgram.Launch launch;
    private final String url;

    /** Polls every other second, so that one poll is less than a refresh of the page. */
    PageScenario(Path folder, ScriptedServices stage) throws Exception {
        int port = FreePort.next();
        url = "http://127.0.0.1:" + port + "/";
        launch = PackagedProgram.in(folder)
                .with(stage.properties())
                .with("tap.poll.cron", "0/2 * * * * ?")
                .with("tap.sweep.cron", "0/1 * * * * ?")
                .with("tap.retry.pauses", "PT0.2S")
                .with("tap.rest.credentials", "PT1S")
                .with("camel.server.enabled", "true")
                .with("camel.server.port", String.valueOf(port));
        CustomRoutes.in(
                launch.work(), "batchRecords: 50", "lingerMs: 100", "retryBackoffMs: 100", "retryBackoffMaxMs: 500");
    }

    PackagedProgram.Launch launch() {
        return launch;
    }

    String url() {
        return url;
    }

    static LocatorAssertions.ContainsTextOptions within(double milliseconds) {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(milliseconds);
    }

    static void awaitLevel(Page page, String level) {
        assertThat(page.locator("#verdict"))
                .hasAttribute("data-level", level, new LocatorAssertions.HasAttributeOptions().setTimeout(SHOWN_MS));
    }

    static Locator worst(Page page) {
        return page.locator("#verdict .problems li").first();
    }

    void leaveScreenshots(Browser browser, String name) {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            shoot(browser.desk(scheme), name + '-' + scheme.name().toLowerCase());
        }
        shoot(browser.phone(ColorScheme.LIGHT), name + "-phone");
    }

    private void shoot(Page page, String name) {
        try (page) {
            page.navigate(url);
            page.locator("#versions p").waitFor();
            Browser.screenshot(page, name);
        }
    }
}
