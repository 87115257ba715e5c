package io.tapsentinel.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import io.tapsentinel.testing.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Accessibility: contrast, screen readers, keyboard, small screens and paper, in every state. */
class PageAccessIT {

    private static final String PARTS_CLOSED = "details:not([open])";

    @AutoClose
    private final Browser browser = Browser.start();

    @AutoClose
    private final PageServer server;

    PageAccessIT() throws IOException {
        server = new PageServer(PageStates.healthy());
    }

    static Stream<Named<Supplier<ObjectNode>>> states() {
        return Stream.of(Named.of("outage", PageStates::outage), Named.of("hostile", PageStates::hostile));
    }

    static Stream<Named<Supplier<ObjectNode>>> quieterStates() {
        return Stream.of(
                Named.of("healthy", PageStates::healthy),
                Named.of("losses", PageStates::losses),
                Named.of("empty", PageStates::empty));
    }

    @ParameterizedTest
    @MethodSource("quieterStates")
    @Tag("full")
    void quieterStatesAreAccessible(Supplier<ObjectNode> state) throws IOException {
        pageHasContrastFitsAPhoneAndNamesAllElements(state);
    }

    @ParameterizedTest
    @MethodSource("states")
    void pageHasContrastFitsAPhoneAndNamesAllElements(Supplier<ObjectNode> state) throws IOException {
        try (Page page = open(browser.desk(ColorScheme.LIGHT), state)) {
            assertThat(run(page, "contrast.js"))
                    .as("low contrast in light mode")
                    .isEmpty();
            assertThat(run(page, "names.js")).as("elements without a name").isEmpty();
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
            assertThat(run(page, "contrast.js")).as("low contrast in dark mode").isEmpty();

            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.LIGHT));
            page.setViewportSize(Browser.PHONE, 740);
            open(page, state);
            assertThat(page.evaluate("document.documentElement.scrollWidth"))
                    .as("width")
                    .isEqualTo(Browser.PHONE);
            assertThat(
                            page.evaluate(
                                    "[...document.querySelectorAll('body *')].filter(e => !e.closest('.scroll, .hidden, .symbols, .skip')"
                                            + " && e.getBoundingClientRect().right > 361).map(e => e.nodeName + '.' + e.className)"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .as("cut off")
                    .isEmpty();
            assertThat(run(page, "contrast.js")).as("low contrast on a phone").isEmpty();
        }
    }

    @Test
    void markupInFiguresIsShownAsText() {
        try (Page page = open(browser.phone(ColorScheme.DARK), PageStates::hostile)) {
            assertThat(page.locator("img, b").count())
                    .as("elements created from data")
                    .isZero();
            String shown = String.valueOf(page.evaluate("document.body.textContent"));
            ObjectNode hostile = PageStates.hostile();
            // the page shows neither the types of later hours nor the targets of routes as text
            ((ArrayNode) hostile.get("hours")).removeAll();
            hostile.get("routes").forEach(route -> ((ObjectNode) route).remove("to"));
            List<String> texts = new ArrayList<>();
            collect(hostile, texts);
            assertThat(texts)
                    .hasSizeGreaterThan(100)
                    .allSatisfy(text -> assertThat(shown).contains(text));
            assertThat(page.title()).endsWith("tap-sentinel");
        }
    }

    @Test
    void keyboardReachesAllControlsWithAVisibleFocus() {
        try (Page page = open(browser.phone(ColorScheme.LIGHT), PageStates::losses)) {
            List<String> reached = new ArrayList<>();
            for (String last = ""; !last.equals("BODY") && reached.size() < 100; ) {
                page.keyboard().press("Tab");
                last = String.valueOf(page.evaluate("document.activeElement.nodeName"));
                if (!last.equals("BODY")) {
                    assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                            .as("outline of %s", last)
                            .isEqualTo("solid");
                    reached.add(String.valueOf(page.evaluate("document.activeElement.textContent")));
                }
            }
            assertThat(reached.get(0)).as("first").isEqualTo("Skip to the status");
            assertThat(reached).containsAll(page.locator(".scroll, summary, a").allTextContents());

            page.locator("summary").first().focus();
            int closed = page.locator(PARTS_CLOSED).count();
            page.keyboard().press("Enter");
            assertThat(page.locator(PARTS_CLOSED).count())
                    .as("closed after Enter")
                    .isEqualTo(closed - 1);
        }
    }

    @Test
    void tablesFitASmallDesktop() {
        try (Page page = open(browser.desk(ColorScheme.LIGHT), PageStates::losses)) {
            page.setViewportSize(1_200, 900);
            assertThat(
                            page.evaluate(
                                    "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)"))
                    .asInstanceOf(InstanceOfAssertFactories.LIST)
                    .as("cut off")
                    .isEmpty();
        }
    }

    @Test
    @Tag("full")
    void printedPageShowsEverything() {
        try (Page page = open(browser.desk(ColorScheme.LIGHT), PageStates::losses)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
            assertThat(
                            page.evaluate(
                                    "[...document.querySelectorAll('.scroll')].filter(e => e.scrollHeight > e.clientHeight + 1).length"))
                    .as("regions with hidden content")
                    .isEqualTo(0);
        }
    }

    private Page open(Page page, Supplier<ObjectNode> state) {
        server.show(state.get());
        page.navigate(server.url());
        page.locator("#versions p").waitFor();
        return page;
    }

    @SuppressWarnings("unchecked")
    private static List<String> run(Page page, String script) throws IOException {
        try (InputStream file = PageAccessIT.class.getResourceAsStream("/looks/" + script)) {
            return (List<String>) page.evaluate(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private static void collect(JsonNode node, List<String> texts) {
        if (node.isTextual() && node.textValue().contains(PageStates.MARKUP)) {
            texts.add(node.textValue().substring(node.textValue().indexOf(PageStates.MARKUP)));
        }
        node.forEach(child -> collect(child, texts));
    }
}
