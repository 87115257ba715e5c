package io.tapsentinel.packaged;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.testing.Browser;
import io.tapsentinel.testing.FreePort;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServer.Step;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreQueries;
import io.tapsentinel.testing.StoredRecords;
import io.tapsentinel.testing.StoredRecords.Row;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page of a running program in a browser: faults appear and disappear, figures equal the store, losses show. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class StatusPageIT extends PackagedFixture {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final double SOON_MS = SOON.toMillis();
    /** A poll, two refreshes, as one may just have asked, and some time for a busy machine. */
    private static final double SHOWN_MS = 20_000;

    private static final String SWEPT = "hour (\\S+) (\\S+) UTC: [1-9][\\d,]* events? reported by TAP, none missing";

    @AutoClose
    private final Browser browser = Browser.start();

    private final int port = FreePort.next();
    private final String url = "http://127.0.0.1:" + port + "/";

    @Test
    void aFaultAppearsWithinOnePollAndDisappearsWithinAnother() throws Exception {
        ScriptedServices services = open(manyEvents());
        PackagedProgram program = open(launch(services).start());
        Page page = open(browser.desk(ColorScheme.DARK));
        program.awaitCommitted();
        page.navigate(url);
        awaitLevel(page, "up");

        services.sink().script(call -> upload -> SinkFault.FORBIDDEN_403.on(upload, services));
        assertThat(worst(page)).containsText(Pattern.compile("sentinel: .*403.*What to do: "), within(SHOWN_MS));
        assertThat(page.locator("#verdict")).hasAttribute("data-level", "down");
        leaveScreenshots("running-refused");
        services.sink().script(call -> services::store);
        awaitLevel(page, "up");

        browser.expectComplaint("Failed to load resource");
        program.kill();
        assertThat(page.locator(".notice")).containsText("No contact with the program for ", within(SOON_MS));
        assertThat(page.locator("#verdict")).hasAttribute("data-level", "lost");
    }

    @Test
    void aTapFaultAndALostConnectionAppearAndDisappearWithinOnePoll() throws Exception {
        ScriptedServices services = open(manyEvents());
        PackagedProgram program = open(launch(services).start());
        Page page = open(browser.desk(ColorScheme.DARK));
        program.awaitCommitted();
        page.navigate(url);
        awaitLevel(page, "up");

        services.tap().script(call -> request -> request.send(401, "Service principal or secret is not valid"));
        assertThat(worst(page)).containsText(Pattern.compile("tap: .*401.*What to do: "), within(SHOWN_MS));
        assertThat(page.locator("#verdict")).hasAttribute("data-level", "down");
        services.tap().script(call -> Step.PASS);
        awaitLevel(page, "up");

        services.sink().script(call -> upload -> upload.reset());
        assertThat(page.locator("#verdict .problems")).containsText("sentinel: ", within(SHOWN_MS));
        services.sink().script(call -> services::store);
        awaitLevel(page, "up");
    }

    @Test
    void itsFiguresEqualTheStoreAndLossesShow() throws Exception {
        ScriptedServices services = open(new ScriptedServices(120, LiveServices.sinceTheThirdOfAnHour(6)));
        PackagedProgram.Launch launch = launch(services);
        StoreQueries store = new StoreQueries(PackagedProgram.store(launch.work()));
        AtomicReference<Row> refused = new AtomicReference<>();
        services.sink().script(call -> upload -> {
            List<Row> rows = StoredRecords.rows(upload);
            if (!rows.isEmpty()) {
                refused.compareAndSet(null, rows.get(0));
            }
            if (refused.get() != null && rows.contains(refused.get())) {
                SinkFault.refuse(upload, 400, "InvalidRecord", "");
            } else {
                services.store(upload);
            }
        });
        CountDownLatch held = new CountDownLatch(1);
        PackagedProgram program = open(launch.start());
        Page page = open(browser.desk(ColorScheme.LIGHT));
        MatchResult swept = program.awaitLine(SWEPT);
        Instant hour = Instant.parse(swept.group(1) + "T" + swept.group(2) + ":00Z");
        // from here on the figures do not change
        services.tap().script(call -> request -> {
            held.countDown();
            new CountDownLatch(1).await();
        });
        assertThat(held.await(SOON.toSeconds(), TimeUnit.SECONDS))
                .as("a request is held")
                .isTrue();
        store.change("INSERT INTO gap VALUES ('tap', 1763900000000, 1763922508000, 'made by the test', 1763930000000)");
        page.navigate(url);
        assertThat(page.locator("#gaps")).containsText("1 gap.", within(SOON_MS));
        assertThat(page.locator("#gaps tbody")).containsText("6 h 15 min");
        assertThat(page.locator("#gaps tbody")).containsText("made by the test");
        assertThat(page.locator("#gaps tbody th").first()).hasText("23 Nov 2025 12:13");
        PageAndStore.assertThatItShows(store, page);

        store.forgetThreeKeys(hour);
        assertThat(page.locator("#hours .summary")).containsText("3 events missing.", within(SOON_MS));
        assertThat(page.locator("#hours .incomplete .state")).hasText("3 missing");
        assertThat(page.locator("#verdict")).not().hasAttribute("data-level", "up");
        assertThat(page.locator("#verdict .problems")).containsText("missing");
        PageAndStore.assertThatItShows(store, page);
        leaveScreenshots("running-losses");
    }

    private static ScriptedServices manyEvents() throws IOException {
        return new ScriptedServices(4_000, Duration.ofMinutes(10));
    }

    /** Polls every other second, so that one poll is less than a refresh of the page. */
    private PackagedProgram.Launch launch(ScriptedServices services) throws IOException {
        return services.launch(folder)
                .with("tap.poll.cron", "0/2 * * * * ?")
                .with("tap.sweep.cron", "0/1 * * * * ?")
                .with("tap.retry.pauses", "PT0.2S")
                .with("tap.rest.credentials", "PT1S")
                .with("camel.server.enabled", "true")
                .with("camel.server.port", String.valueOf(port))
                .tableOptions("batchRecords: 50", "lingerMs: 100", "retryBackoffMs: 100", "retryBackoffMaxMs: 500");
    }

    private static LocatorAssertions.ContainsTextOptions within(double milliseconds) {
        return new LocatorAssertions.ContainsTextOptions().setTimeout(milliseconds);
    }

    private static void awaitLevel(Page page, String level) {
        assertThat(page.locator("#verdict"))
                .hasAttribute("data-level", level, new LocatorAssertions.HasAttributeOptions().setTimeout(SHOWN_MS));
    }

    private static Locator worst(Page page) {
        return page.locator("#verdict .problems li").first();
    }

    private void leaveScreenshots(String name) {
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
