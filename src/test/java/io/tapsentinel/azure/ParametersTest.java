package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The template's parameters and the parameter file. */
class ParametersTest {

    private static final JsonNode DECLARED = Templates.template().required("parameters");
    private static final JsonNode FILE = Templates.read(Templates.PARAMETERS).required("parameters");

    @Test
    void onlyTheWorkspaceAndThePrincipalAreRequired() {
        assertThat(required()).containsExactly("workspaceName", "principalId");
    }

    @Test
    void parameterFileHasEveryRequiredParameterAndNoUnknownOne() {
        assertThat(FILE.fieldNames()).toIterable().containsAll(required());
        assertThat(FILE.fieldNames()).toIterable().allMatch(DECLARED::has);
    }

    @Test
    void unchangedParameterFileDeploysNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> deployed(given(Map.of())))
                .withMessage("parameter workspaceName may not be \"\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> deployed(given(Map.of("workspaceName", "soc-workspace"))))
                .withMessage("parameter principalId may not be \"\"");
        assertThatCode(() -> deployed(given(Templates.with(Map.of())))).doesNotThrowAnyException();
    }

    @Test
    void parameterFileHasTheDefaultsOfTheTemplate() {
        FILE.properties().forEach(parameter -> {
            JsonNode declared = DECLARED.required(parameter.getKey());
            if (declared.has("defaultValue")) {
                assertThat(parameter.getValue().required("value"))
                        .as(parameter.getKey())
                        .isEqualTo(declared.get("defaultValue"));
            }
        });
    }

    @Test
    void everyParameterIsDescribed() {
        DECLARED.properties()
                .forEach(parameter -> assertThat(
                                parameter.getValue().at("/metadata/description").asText())
                        .as(parameter.getKey())
                        .isNotBlank());
    }

    @Test
    void valuesOutOfBoundsAreRefusedBeforeDeployment() {
        Map.of(
                        "ruleName",
                        "a-rule-name-that-is-too-long-for-Azure",
                        "principalId",
                        "tap-sentinel",
                        "retentionInDays",
                        731,
                        "totalRetentionInDays",
                        4384,
                        "healthTable",
                        "yes")
                .forEach((name, wrong) -> assertThatIllegalArgumentException()
                        .as(name)
                        .isThrownBy(() -> deployed(Templates.with(Map.of(name, wrong))))
                        .withMessageContaining("parameter " + name + " may not be "));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> deployed(Templates.with(Map.of("retention", 30))))
                .withMessage("the template has no parameter retention");
    }

    @Test
    void templateContainsNoSecretsOrForeignResources() throws IOException {
        String both = Files.readString(Templates.TEMPLATE) + Files.readString(Templates.PARAMETERS);
        assertThat(both.toLowerCase(Locale.ROOT)).doesNotContain("secure", "secret", "password", "/subscriptions/");
        // the only GUID is that of the built-in role, which is the same in every tenant
        assertThat(Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}")
                        .matcher(both)
                        .results()
                        .map(MatchResult::group))
                .containsExactly("3913510d-42f4");
    }

    private static List<String> required() {
        return DECLARED.properties().stream()
                .filter(parameter -> !parameter.getValue().has("defaultValue"))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Deployment deployed(Map<String, Object> parameters) {
        return Deployment.of(Templates.template(), parameters);
    }

    private static Map<String, Object> given(Map<String, Object> more) {
        Map<String, Object> given = new HashMap<>();
        FILE.properties().forEach(p -> given.put(p.getKey(), p.getValue().required("value")));
        given.putAll(more);
        return given;
    }
}
