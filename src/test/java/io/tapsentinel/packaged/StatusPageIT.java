package io.tapsentinel.packaged;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.sandbox.SandboxSettings;
import io.tapsentinel.testing.Browser;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.ScriptedServices;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of a running program in a browser: a fault is there as long as it lasts. {@link PageFiguresIT} has other faults
 * and compares its figures.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatusPageIT {

    @TempDir
    Path folder;

    @Test
    void aFaultShowsWithinOnePollAndItsEndWithinAnother() throws Exception {
        try (Browser browser = Browser.start();
                ScriptedServices stage = new ScriptedServices(
                        SandboxSettings.builder().seed(8).eventsPerHour(4_000), Duration.ofMinutes(10))) {
            PageScenario trial = new PageScenario(folder, stage);
            try (PackagedProgram program = trial.launch().start();
                    Page page = browser.desk(ColorScheme.DARK)) {
                program.awaitLine(LiveServices.COMMITTED, PageScenario.SOON);
                page.navigate(trial.url());
                PageScenario.awaitLevel(page, "up");

                stage.sink().script(call -> upload -> SinkFault.FORBIDDEN_403.on(upload, stage));
                assertThat(PageScenario.worst(page))
                        .containsText(
                                Pattern.compile("sentinel: .*403.*What to do: "),
                                PageScenario.within(PageScenario.SHOWN_MS));
                assertThat(page.locator("#verdict")).hasAttribute("data-level", "down");
                trial.leaveScreenshots(browser, "running-refused");
                stage.sink().script(call -> upload -> stage.store(upload));
                PageScenario.awaitLevel(page, "up");

                browser.assertThatItNeverComplained();

                program.kill();
                assertThat(page.locator(".notice"))
                        .containsText("lost contact with the program", PageScenario.within(PageScenario.SOON_MS));
                assertThat(page.locator("#verdict")).hasAttribute("data-level", "lost");
            }
        }
    }
}
