package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@link DependencyCheck} or the evaluation reports a wrong order or reference in the template. */
class BrokenTemplateTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String INSIGHTS = ArmFunctions.GROUP + "/providers/Microsoft.Insights/";
    private static final String RULE = INSIGHTS + "dataCollectionRules/tap-sentinel";
    private static final String ENDPOINT = INSIGHTS + "dataCollectionEndpoints/tap-sentinel";

    @Test
    void ruleMustWaitForItsTables() {
        assertThat(dependencies("/resources/2/dependsOn/0", "[variables('endpointId')]"))
                .hasSize(5)
                .contains(
                        RULE + ": does not wait for " + ArmFunctions.GROUP
                                + "/providers/Microsoft.OperationalInsights/workspaces/soc-workspace/tables/TapSentinelHealth_CL");
    }

    @Test
    void ruleMustWaitForItsEndpoint() {
        assertThat(dependencies("/resources/2/dependsOn/1", "tables"))
                .containsExactly(RULE + ": does not wait for " + ENDPOINT);
    }

    @Test
    void ruleMustNotNameAnUndeployedEndpoint() {
        Deployment deployment = deployment(
                "/resources/2/properties/dataCollectionEndpointId",
                JSON.textNode("[variables('endpointId')]"),
                Map.of());
        assertThat(DependencyCheck.problems(deployment))
                .containsExactly(RULE + ": names " + ENDPOINT + ", which is not deployed");
    }

    @Test
    void dependencyMustBeInTheTemplate() {
        assertThat(dependencies("/resources/4/dependsOn/0", "[variables('workspaceId')]"))
                .hasSize(2)
                .allMatch(problem -> problem.contains("/diagnosticSettings/tap-sentinel: "))
                .anyMatch(problem -> problem.endsWith("/workspaces/soc-workspace, which is not in the template"));
    }

    @Test
    void resourcesMustNotWaitForEachOther() {
        assertThat(dependencies("/resources/1/dependsOn", JSON.arrayNode().add("[variables('ruleId')]")))
                .containsExactly(ENDPOINT + ": waits for itself", RULE + ": waits for itself");
    }

    @Test
    void outputMustNotNameAnUndeployedEndpoint() {
        JsonNode reference = JSON.textNode("[reference(variables('endpointId'), '2023-03-11').logsIngestion.endpoint]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> deployment("/outputs/sentinelEndpoint/value", reference, Map.of()))
                .withMessage("reference to " + ENDPOINT + ", which is not deployed");
    }

    private static List<String> dependencies(String pointer, String value) {
        return dependencies(pointer, JSON.textNode(value));
    }

    private static List<String> dependencies(String pointer, JsonNode value) {
        return DependencyCheck.problems(deployment(pointer, value, Map.of("privateLink", true)));
    }

    /** The template with another value at this pointer. */
    private static Deployment deployment(String pointer, JsonNode value, Map<String, Object> parameters) {
        ObjectNode template = Templates.template();
        int last = pointer.lastIndexOf('/');
        JsonNode parent = template.at(pointer.substring(0, last));
        if (parent instanceof ArrayNode array) {
            array.set(Integer.parseInt(pointer.substring(last + 1)), value);
        } else {
            ((ObjectNode) parent).set(pointer.substring(last + 1), value);
        }
        return Deployment.of(template, Templates.with(parameters));
    }
}
