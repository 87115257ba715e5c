package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Headless Chromium. The process starts once per test JVM; closing a browser closes its pages. Not thread-safe.
 */
public final class Browser implements AutoCloseable {

    private static final Tool CHROMIUM = new Tool("chromium", "chromium");
    private static final List<String> ALONE =
            List.of(("--headless --no-sandbox --disable-gpu --disable-background-networking"
                            + " --disable-component-update --disable-sync")
                    .split(" "));
    /** Width of a phone in pixels. */
    public static final int PHONE = 360;

    private static final int DESK = 1280;

    private static com.microsoft.playwright.Browser chromium;

    private final List<BrowserContext> contexts = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> expected = new ArrayList<>();

    private Browser() {}

    /** Starts the browser unless it is running. */
    public static synchronized Browser start() {
        Path program = CHROMIUM.require();
        if (chromium == null || !chromium.isConnected()) {
            Playwright playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            chromium = playwright
                    .chromium()
                    .launch(new LaunchOptions().setExecutablePath(program).setArgs(ALONE));
        }
        return new Browser();
    }

    /** A page as wide as a desktop screen. */
    public Page desk(ColorScheme scheme) {
        return page(scheme, DESK, 900);
    }

    /** A page as wide as a phone. */
    public Page phone(ColorScheme scheme) {
        return page(scheme, PHONE, 740);
    }

    private Page page(ColorScheme scheme, int width, int height) {
        BrowserContext context = chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE)
                .setTimezoneId("Europe/Berlin")
                .setLocale("en-GB"));
        contexts.add(context);
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (!message.type().equals("log")) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.onPageError(complaints::add);
        return page;
    }

    /** Console errors with this text do not fail the test. */
    public void expectComplaint(String text) {
        expected.add(text);
    }

    /** Saves the whole page as {@code target/screenshots/<name>.png}. */
    public static void screenshot(Page page, String name) {
        page.screenshot(
                new ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "screenshots", name + ".png")));
    }

    /** Closes all pages; fails after an unexpected console error. */
    @Override
    public void close() {
        contexts.forEach(BrowserContext::close);
        contexts.clear();
        complaints.removeIf(complaint -> expected.stream().anyMatch(complaint::contains));
        assertThat(complaints)
                .as("errors in the browser's console, and violations of the page's policy")
                .isEmpty();
    }
}
