package io.tapsentinel.yamlroutes;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A refusal names the step and the reason, but not the value. */
class RouteReasonsTest {

    private static final String PLACE = "operator.camel.yaml:71 before-messages-blocked, step ";

    private final EditedSet set = new EditedSet();

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "https://example.com/x?connectTimeout=s3cr3t, option connectTimeout has an invalid value",
                "https://example.com/x?connectTimeout=s3cr3t more s3cr3t, option connectTimeout has an invalid value",
                "timer:t?period=s3cr3t x, option period has an invalid value",
                "file:x?fileExist=s3cr3t, option fileExist has an invalid value",
                "file:x?sorter=#s3cr3t, option sorter names a bean that does not exist",
                "https://example.com/x?sslContextParameters=#s3cr3t, option sslContextParameters names a bean that does not exist",
                "`file:x?bogus=a,s3cr3t=b}]&other=s3cr3t`, `unknown option bogus, other`",
                "log:x?level=s3cr3t, LoggingLevel.…",
                "carrier-pigeon:x?level=s3cr3t, this program does not include the component carrier-pigeon"
            })
    void refusedOptionValueIsNotShown(String uri, String reason) {
        set.before("- to:\n            uri: \"" + uri + "\"")
                .assertOneProblem()
                .startsWith(PLACE + "to ")
                .contains(reason)
                .doesNotContainIgnoringCase("s3cr3t", "String index", "For input");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bad: s3cr3t",
                "parameters:\n              authPassword: s3cr3t: x",
                "parameters:\n              authPassword: \"s3cr3t"
            })
    void invalidYamlLineIsNamedAndNotShown(String lines) {
        set.before("- to:\n            uri: https://example.com/x\n            " + lines)
                .assertOneProblem()
                .containsPattern("^operator\\.camel\\.yaml, line \\d+: ")
                .doesNotContain("s3cr3t", "^");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "setBody:\n            simple: \"${nonsense}\"",
                "setBody:\n            constant: \"{{no.such}}\"",
                "log:\n            message: \"{{no.such}}\"",
                "bean:\n            ref: nobody"
            })
    void refusedStepWithoutEndpointIsNamed(String step) {
        set.before("- setHeader:\n            name: x\n            constant: \"1\"\n        - " + step)
                .assertOneProblem()
                .startsWith("operator.camel.yaml:74 before-messages-blocked, step " + step.substring(0, 3));
    }

    @Test
    void innermostStepIsNamed() {
        set.before("""
                - choice:
                            when:
                              - simple: "${body} == 1"
                                steps:
                                  - stop: {}
                              - simple: "${body} == 2"
                                steps:
                                  - filter:
                                      simple: "${body} == 3"
                                      steps:
                                        - setBody:
                                            id: mine
                                            simple: "${nonsense}"
                """.stripTrailing());

        set.assertOneProblem()
                .startsWith("operator.camel.yaml:81 before-messages-blocked, step mine: ")
                .contains("nonsense");
    }

    @Test
    void invalidConditionNamesItsChoice() {
        set.before("- choice:\n"
                + "            id: mine\n"
                + "            when:\n"
                + "              - simple: \"${nonsense} == 1\"\n"
                + "                steps:\n"
                + "                  - stop: {}");

        set.assertOneProblem().contains("step mine: ", "nonsense");
    }
}
