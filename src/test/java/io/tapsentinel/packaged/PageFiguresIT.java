package io.tapsentinel.packaged;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.Browser;
import io.tapsentinel.testing.DeliveryLog;
import io.tapsentinel.testing.DeliveryLog.Row;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServer;
import io.tapsentinel.testing.ScriptedServices;
import io.tapsentinel.testing.StoreFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a running program in a browser: its figures are those of the store, and what is lost shows. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class PageFiguresIT {

    private static final String SWEPT = "hour (\\S+Z): all [1-9]";

    @TempDir
    Path folder;

    @Test
    void itsFiguresAreThoseOfTheStoreAndWhatIsLostShows() throws Exception {
        try (Browser browser = Browser.start();
                ScriptedServices stage = new ScriptedServices(
                        SandboxSettings.builder().seed(7).eventsPerHour(120), LiveServices.sinceTheThirdOfAnHour(6))) {
            PageScenario trial = new PageScenario(folder, stage);
            StoreFile store = StoreFile.in(trial.launch().work().resolve("state"));
            AtomicReference<Row> refused = new AtomicReference<>();
            stage.sink().script(call -> upload -> {
                List<Row> rows = DeliveryLog.rows(upload);
                if (!rows.isEmpty()) {
                    refused.compareAndSet(null, rows.get(0));
                }
                if (refused.get() != null && rows.contains(refused.get())) {
                    SinkFault.refuse(upload, 400, "InvalidRecord", "");
                } else {
                    stage.store(upload);
                }
            });
            CountDownLatch held = new CountDownLatch(1);
            try (PackagedProgram program = trial.launch().start();
                    Page page = browser.desk(ColorScheme.LIGHT)) {
                Instant hour = Instant.parse(
                        program.awaitLine(SWEPT, PageScenario.SOON).group(1));
                // from here on the figures stand still
                stage.tap().script(call -> request -> {
                    held.countDown();
                    new CountDownLatch(1).await();
                });
                assertThat(held.await(PageScenario.SOON.toSeconds(), TimeUnit.SECONDS))
                        .as("a request is held")
                        .isTrue();
                store.change(
                        "INSERT INTO gap VALUES ('tap', 1763900000000, 1763922508000, 'the test says so', 1763930000000)");
                page.navigate(trial.url());
                assertThat(page.locator("#gaps")).containsText("1 gap.", PageScenario.within(PageScenario.SOON_MS));
                assertThat(page.locator("#gaps tbody")).containsText("6 h 15 min");
                assertThat(page.locator("#gaps tbody")).containsText("the test says so");
                assertThat(page.locator("#gaps tbody th").first()).hasText("23 Nov 2025 12:13");
                PageAndStore.assertThatItShows(store, page);

                store.forgetThreeKeys(hour);
                assertThat(page.locator("#hours .summary"))
                        .containsText("3 events missing.", PageScenario.within(PageScenario.SOON_MS));
                assertThat(page.locator("#hours .incomplete .state")).hasText("3 missing");
                assertThat(page.locator("#verdict")).not().hasAttribute("data-level", "up");
                assertThat(page.locator("#verdict .problems")).containsText("missing");
                PageAndStore.assertThatItShows(store, page);
                browser.assertThatItNeverComplained();
                trial.leaveScreenshots(browser, "running-losses");
            }
        }
    }

    @Test
    void aFaultOfTapAndABrokenConnectionShowWithinOnePollAndTheirEndsWithinAnother() throws Exception {
        try (Browser browser = Browser.start();
                ScriptedServices stage = new ScriptedServices(
                        SandboxSettings.builder().seed(8).eventsPerHour(4_000), Duration.ofMinutes(10))) {
            PageScenario trial = new PageScenario(folder, stage);
            try (PackagedProgram program = trial.launch().start();
                    Page page = browser.desk(ColorScheme.DARK)) {
                program.awaitLine(LiveServices.COMMITTED, PageScenario.SOON);
                page.navigate(trial.url());
                PageScenario.awaitLevel(page, "up");

                stage.tap().script(call -> request -> request.send(401, "Service principal or secret is not valid"));
                assertThat(PageScenario.worst(page))
                        .containsText(
                                Pattern.compile("tap: .*401.*What to do: "),
                                PageScenario.within(PageScenario.SHOWN_MS));
                assertThat(page.locator("#verdict")).hasAttribute("data-level", "down");
                stage.tap().script(call -> ScriptedServer.Step.PASS);
                PageScenario.awaitLevel(page, "up");

                stage.sink().script(call -> upload -> upload.reset());
                assertThat(page.locator("#verdict .problems"))
                        .containsText("sentinel: ", PageScenario.within(PageScenario.SHOWN_MS));
                stage.sink().script(call -> upload -> stage.store(upload));
                PageScenario.awaitLevel(page, "up");
                browser.assertThatItNeverComplained();
            }
        }
    }
}
