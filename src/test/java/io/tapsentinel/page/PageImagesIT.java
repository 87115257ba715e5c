package io.tapsentinel.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.testing.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Leaves pictures of the page below {@code target/screenshots}; with {@code -Dpage.images=src/site/markdown/images} the two that the
 * documentation shows are made anew.
 */
@Tag("full")
class PageImagesIT {

    private static final long MOST_BYTES = 350_000;

    @Test
    void theDocumentationsPicturesAreSmall() throws Exception {
        Path folder = Path.of(System.getProperty("page.images", "target/screenshots"));
        try (Browser browser = Browser.start()) {
            Path light = picture(browser, PageStates.healthy(), ColorScheme.LIGHT, folder.resolve("status-light.png"));
            Path dark = picture(browser, PageStates.outage(), ColorScheme.DARK, folder.resolve("status-dark.png"));
            assertThat(Files.size(light)).as("bytes").isLessThan(MOST_BYTES);
            assertThat(Files.size(dark)).as("bytes").isLessThan(MOST_BYTES);
        }
    }

    /** The upper part, down to the hours. */
    private static Path picture(Browser browser, ObjectNode state, ColorScheme scheme, Path file) throws Exception {
        try (PageServer server = new PageServer(state);
                Page page = browser.desk(scheme)) {
            page.navigate(server.url());
            page.locator("#versions p").waitFor();
            Number height = (Number)
                    page.evaluate("document.querySelector('#hours').getBoundingClientRect().bottom + scrollY + 12");
            page.screenshot(new ScreenshotOptions()
                    .setFullPage(true)
                    .setClip(0, 0, 1280, height.intValue())
                    .setPath(file));
            Browser.screenshot(page, file.getFileName().toString().replace(".png", "-whole"));
            return file;
        }
    }
}
