package io.tapsentinel.packaged;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.page.Browser;
import io.tapsentinel.sandbox.SandboxSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of a running program in a browser: a fault is there as long as it lasts. {@link PageFiguresIT} compares its figures. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StatusPageIT {

    /** A poll, two refreshes, since one may have asked just before, and some time for a machine that is busy. */
    private static final double SHOWN_MS = 20_000;

    @TempDir
    Path folder;

    @Test
    void aFaultShowsWithinOnePollAndItsEndWithinAnother() throws Exception {
        try (Browser browser = Browser.start();
                Stage stage = new Stage(SandboxSettings.builder().seed(8).eventsPerHour(4_000), Duration.ofMinutes(10))) {
            PageTrial trial = new PageTrial(folder, stage);
            try (PackagedProgram program = trial.launch().start(); Page page = browser.desk(ColorScheme.DARK)) {
                program.awaitLine(Services.COMMITTED, PageTrial.SOON);
                page.navigate(trial.url());
                awaitLevel(page, "up");

                stage.sink().script(call -> upload -> SinkFault.FORBIDDEN_403.on(upload, stage));
                assertThat(worst(page)).containsText(Pattern.compile("sentinel: .*403.*What to do: "), PageTrial.within(SHOWN_MS));
                assertThat(page.locator("#verdict")).hasAttribute("data-level", "down");
                trial.leaveScreenshots(browser, "running-refused");
                stage.sink().script(call -> upload -> stage.store(upload));
                awaitLevel(page, "up");

                stage.tap().script(call -> request -> request.send(401, "Service principal or secret is not valid"));
                assertThat(worst(page)).containsText(Pattern.compile("tap: .*401.*What to do: "), PageTrial.within(SHOWN_MS));
                assertThat(page.locator("#verdict")).hasAttribute("data-level", "down");
                stage.tap().script(call -> ScriptedServer.Step.PASS);
                awaitLevel(page, "up");

                stage.sink().script(call -> upload -> upload.reset());
                assertThat(page.locator("#verdict .problems")).containsText("sentinel: ", PageTrial.within(SHOWN_MS));
                stage.sink().script(call -> upload -> stage.store(upload));
                awaitLevel(page, "up");
                browser.assertThatItNeverComplained();

                program.kill();
                assertThat(page.locator(".notice")).containsText("lost contact with the program", PageTrial.within(PageTrial.SOON_MS));
                assertThat(page.locator("#verdict")).hasAttribute("data-level", "lost");
            }
        }
    }

    private static void awaitLevel(Page page, String level) {
        assertThat(page.locator("#verdict")).hasAttribute("data-level", level,
                new LocatorAssertions.HasAttributeOptions().setTimeout(SHOWN_MS));
    }

    private static Locator worst(Page page) {
        return page.locator("#verdict .problems li").first();
    }
}
