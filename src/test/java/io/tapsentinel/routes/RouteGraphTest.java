package io.tapsentinel.routes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The picture of a set that need not fulfil the contract. */
class RouteGraphTest {

    private final EditedSet set = new EditedSet();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "to:\n            uri: https://example.com/x?sig=s3cr3t",
                "to:\n            uri: https://me:s3cr3t@example.com/x",
                "to:\n            uri: https:me:s3cr3t@example.com/x",
                "toD:\n            uri: \"https://example.com/${body.key}?a=1&sig=s3cr3t\"",
                "to:\n            uri: https://example.com/x\n            parameters:\n              authPassword: RAW(s3cr3t&s3cr3t)",
                "poll:\n            uri: https://example.com/x?authPassword=s3cr3t",
                "enrich:\n            constant: https://example.com/x?authPassword=s3cr3t",
                "setHeader:\n            name: Authorization\n            constant: Bearer s3cr3t",
                "setProperty:\n            name: my-api-key\n            simple: \"s3cr3t\"",
                "setVariable:\n            name: password\n            constant: s3cr3t"
            })
    void noSecretIsShown(String step) {
        assertThat(set.before("- " + step).graph()).contains("xxxxxx").doesNotContain("s3cr3t");
    }

    @Test
    void whatIsNoSecretIsShown() {
        set.before(
                "- setHeader:\n            name: Accept\n            constant: text/plain\n        - to:\n"
                        + "            uri: https://example.com/x?sslContextParameters=#mine&soTimeout=5000\n        - setBody:\n            simple: \"${body.fields}\"");

        assertThat(set.graph())
                .contains(
                        "setHeader Accept text/plain",
                        "to https://example.com/x sslContextParameters=#mine soTimeout=5000",
                        "    setBody ${body.fields}")
                .doesNotContain("xxxxxx", "simple{");
    }

    @Test
    void schedulesThatBeginAlikeAreAllShown() {
        set.mine(route("one", "timer:t?period=1000", "stop: {}") + route("two", "timer:t?period=2000", "stop: {}"));

        assertThat(set.graph()).contains("one <- timer:t period=1000", "two <- timer:t period=2000");
    }

    @Test
    @Timeout(20)
    void routesThatCallEachOtherAreShownOnce() {
        set.mine(route("one", "direct:one", "to: direct:two") + route("two", "direct:two", "to: direct:one"))
                .before("- to: direct:one");

        assertThat(set.graph())
                .containsOnlyOnce("one <- direct:one")
                .containsOnlyOnce("two <- direct:two")
                .doesNotContain("never called");
    }

    @Test
    void noLineIsWiderThanAHundred() {
        set.before("- setBody:\n            constant: " + "long ".repeat(60) + "\n        - to:\n            uri: file:"
                + "a".repeat(150) + "?fileName=" + "b".repeat(150));

        assertThat(set.graph().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100))
                .anyMatch(line -> line.endsWith("…"));
    }

    private static String route(String id, String from, String step) {
        return "- route:\n    id: " + id + "\n    from:\n      uri: " + from + "\n      steps:\n        - " + step
                + "\n";
    }
}
