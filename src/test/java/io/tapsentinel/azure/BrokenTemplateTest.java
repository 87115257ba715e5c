package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One thing of the template broken: the checks that {@link TemplateTest} makes fail, and say what it is. */
class BrokenTemplateTest {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String INSIGHTS = ArmFunctions.GROUP + "/providers/Microsoft.Insights/";
    private static final String RULE = INSIGHTS + "dataCollectionRules/tap-sentinel";
    private static final String ENDPOINT = INSIGHTS + "dataCollectionEndpoints/tap-sentinel";
    private static final String FLOW = "/resources/2/properties/copy/0/input";

    @Test
    void streamThatFlowsIntoATableThatIsNotDeployed() {
        assertThat(FlowCheck.problems(flow("outputStream", "Custom-Other_CL")))
                .hasSize(10)
                .contains(
                        "stream Custom-TapSentinelHealth_CL: its outputStream Custom-Other_CL names no deployed table",
                        "table TapSentinelHealth_CL has 0 flows");
    }

    @Test
    void streamsWithoutAFlow() {
        Deployment deployment = new BrokenTemplate()
                .at("/resources/2/properties/copy/0/count", JSON.numberNode(4))
                .deployment(Map.of());
        assertThat(FlowCheck.problems(deployment))
                .containsExactly(
                        "stream Custom-TapSentinelHealth_CL has 0 flows", "table TapSentinelHealth_CL has 0 flows");
    }

    @Test
    void streamThatIsNotDeclared() {
        assertThat(FlowCheck.problems(flow("streams", JSON.arrayNode().add("Custom-Other"))))
                .contains(
                        "flow of [\"Custom-Other\"]: not one declared stream",
                        "stream Custom-TapSentinelHealth_CL has 0 flows");
    }

    @Test
    void outputStreamWithoutItsPrefix() {
        assertThat(FlowCheck.problems(flow("outputStream", "[variables('tables')[copyIndex('dataFlows')].name]")))
                .contains(
                        "stream Custom-TapSentinelHealth_CL: its outputStream TapSentinelHealth_CL names no deployed table");
    }

    @Test
    void healthStreamWithoutItsTable() {
        Deployment deployment = new BrokenTemplate()
                .at("/variables/streams", "[union(variables('eventStreams'), variables('healthStreams'))]")
                .deployment(Map.of("healthTable", false));
        assertThat(FlowCheck.problems(deployment)).containsExactly("stream Custom-TapSentinelHealth_CL has 0 flows");
        assertThat(SchemaCheck.problems(deployment, Templates.schemas(false, false)))
                .containsExactly("Custom-TapSentinelHealth_CL has no schema");
    }

    @Test
    void destinationThatIsNotDeclared() {
        assertThat(FlowCheck.problems(new BrokenTemplate()
                        .at(FLOW + "/destinations/0", "elsewhere")
                        .deployment(Map.of())))
                .hasSize(5)
                .contains("stream Custom-TapSentinelHealth_CL: goes to [\"elsewhere\"] and not to workspace");
    }

    @Test
    void transformationThatLosesAColumn() {
        assertThat(FlowCheck.problems(flow("transformKql", "source | project-away TimeGenerated")))
                .hasSize(5)
                .contains(
                        "transformation of Custom-TapSentinelHealth_CL: no column TimeGenerated, which its table has");
    }

    @Test
    void transformationThatAddsAColumnOrChangesAType() {
        assertThat(FlowCheck.problems(
                        flow("transformKql", "source | extend extra = 'a', TimeGenerated = tostring(TimeGenerated)")))
                .contains(
                        "transformation of Custom-TapSentinelHealth_CL: column extra, which its table has not",
                        "transformation of Custom-TapSentinelHealth_CL: column TimeGenerated is string, in its table it is datetime");
    }

    @Test
    void transformationThatAzureMonitorDoesNotAllow() {
        assertThat(FlowCheck.problems(flow("transformKql", "source | extend id = coalesce(TimeGenerated, now())")))
                .hasSize(5)
                .allMatch(problem -> problem.endsWith(": function coalesce is not allowed in a transformation"));
    }

    @Test
    void ruleThatDoesNotWaitForItsTables() {
        assertThat(dependencies("/resources/2/dependsOn/0", "[variables('endpointId')]"))
                .hasSize(5)
                .contains(
                        RULE + ": does not wait for " + ArmFunctions.GROUP
                                + "/providers/Microsoft.OperationalInsights/workspaces/soc-workspace/tables/TapSentinelHealth_CL");
    }

    @Test
    void ruleThatDoesNotWaitForItsEndpoint() {
        assertThat(dependencies("/resources/2/dependsOn/1", "tables"))
                .containsExactly(RULE + ": does not wait for " + ENDPOINT);
    }

    @Test
    void ruleThatNamesAnEndpointThatIsNotDeployed() {
        Deployment deployment = new BrokenTemplate()
                .at("/resources/2/properties/dataCollectionEndpointId", "[variables('endpointId')]")
                .deployment(Map.of());
        assertThat(DependencyCheck.problems(deployment))
                .containsExactly(RULE + ": names " + ENDPOINT + ", which is not deployed");
    }

    @Test
    void dependencyOnWhatIsNotInTheTemplate() {
        assertThat(dependencies("/resources/4/dependsOn/0", "[variables('workspaceId')]"))
                .hasSize(2)
                .allMatch(problem -> problem.contains("/diagnosticSettings/tap-sentinel: "))
                .anyMatch(problem -> problem.endsWith("/workspaces/soc-workspace, which is not in the template"));
    }

    @Test
    void resourcesThatWaitForEachOther() {
        assertThat(dependencies("/resources/1/dependsOn", JSON.arrayNode().add("[variables('ruleId')]")))
                .containsExactly(ENDPOINT + ": waits for itself", RULE + ": waits for itself");
    }

    @Test
    void outputOfAnEndpointThatIsNotDeployed() {
        BrokenTemplate broken = new BrokenTemplate()
                .at(
                        "/outputs/sentinelEndpoint/value",
                        "[reference(variables('endpointId'), '2023-03-11').logsIngestion.endpoint]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> broken.deployment(Map.of()))
                .withMessage("reference to " + ENDPOINT + ", which is not deployed");
    }

    private static Deployment flow(String property, String value) {
        return flow(property, JSON.textNode(value));
    }

    private static Deployment flow(String property, JsonNode value) {
        return new BrokenTemplate().at(FLOW + "/" + property, value).deployment(Map.of());
    }

    private static List<String> dependencies(String pointer, String value) {
        return dependencies(pointer, JSON.textNode(value));
    }

    private static List<String> dependencies(String pointer, JsonNode value) {
        return DependencyCheck.problems(
                new BrokenTemplate().at(pointer, value).deployment(Map.of("privateLink", true)));
    }
}
