package io.tapsentinel.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.ScreenshotOptions;
import com.microsoft.playwright.options.ColorScheme;
import io.tapsentinel.testing.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * The README's picture of the status page. It contains a digest of the elements and styles that it shows, since its pixels depend on the
 * machine's fonts. {@code mvn verify -Dit.test=PageImagesIT -Dpage.images=write} replaces an outdated picture.
 */
class PageImagesIT {

    private static final Path PICTURE = Path.of("src/site/markdown/images/status-light.png");
    private static final boolean WRITE = "write".equals(System.getProperty("page.images"));
    private static final long MAX_BYTES = 350_000;
    /** The upper part of the page without what depends on the machine: the time of the refresh and local times in titles. */
    private static final String SHOWN = """
            ['h1', '#about', '#verdict', 'section:has(#tables)', 'section:has(#hours)'].map(selector => {
              const part = document.querySelector(selector).cloneNode(true);
              part.querySelectorAll('[title]').forEach(element => element.removeAttribute('title'));
              return part.outerHTML;
            }).join('')""";

    private static final String KEYWORD = "tEXtPage\0";
    private static final Pattern DIGEST = Pattern.compile(KEYWORD + "([0-9a-f]{64})");
    /** A PNG's signature and its first chunk. */
    private static final int HEAD = 33;

    @AutoClose
    private final Browser browser = Browser.start();

    @Test
    void pictureInTheReadmeIsUpToDate() throws Exception {
        try (PageServer server = new PageServer(PageStates.healthy());
                Page page = browser.desk(ColorScheme.LIGHT)) {
            page.navigate(server.url());
            page.locator("#versions p").waitFor();
            String shown = digest(page.evaluate(SHOWN) + style("page.css") + style("parts.css"));
            Browser.screenshot(page, "status-whole");
            if (WRITE) {
                Files.write(PICTURE, withDigest(picture(page), shown));
            }
            assertThat(Files.readString(PICTURE, StandardCharsets.ISO_8859_1))
                    .as("%s is outdated; write it with -Dpage.images=write", PICTURE)
                    .containsPattern(DIGEST)
                    .contains(KEYWORD + shown);
            assertThat(Files.size(PICTURE)).as("bytes").isLessThan(MAX_BYTES);
        }
    }

    /** The page down to the hours. */
    private static byte[] picture(Page page) {
        Number height = (Number)
                page.evaluate("document.querySelector('#hours').getBoundingClientRect().bottom + scrollY + 12");
        return page.screenshot(new ScreenshotOptions().setFullPage(true).setClip(0, 0, 1280, height.intValue()));
    }

    /** Inserts a text chunk. */
    private static byte[] withDigest(byte[] png, String digest) {
        byte[] chunk = (KEYWORD + digest).getBytes(StandardCharsets.ISO_8859_1);
        CRC32 check = new CRC32();
        check.update(chunk);
        return ByteBuffer.allocate(png.length + chunk.length + 8)
                .put(png, 0, HEAD)
                .putInt(chunk.length - 4)
                .put(chunk)
                .putInt((int) check.getValue())
                .put(png, HEAD, png.length - HEAD)
                .array();
    }

    private static String style(String name) throws IOException {
        try (InputStream file = PageImagesIT.class.getResourceAsStream("/page/" + name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String digest(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
