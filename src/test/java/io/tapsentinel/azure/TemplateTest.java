package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.sentinel.schema.TableSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The template as Azure evaluates it, for every combination of its switches. */
class TemplateTest {

    private static final Map<String, String> API_VERSIONS = Map.of(
            "Microsoft.OperationalInsights/workspaces/tables", "2022-10-01",
            "Microsoft.Insights/dataCollectionEndpoints", "2023-03-11",
            "Microsoft.Insights/dataCollectionRules", "2023-03-11",
            "Microsoft.Authorization/roleAssignments", "2022-04-01",
            "Microsoft.Insights/diagnosticSettings", "2021-05-01-preview");
    private static final String FLOW = """
            {"streams":["Custom-%1$s"],"destinations":["workspace"],"transformKql":"source","outputStream":"Custom-%1$s"}""";
    private static final String INSIGHTS = ArmFunctions.GROUP + "/providers/Microsoft.Insights/";
    private static final String WORKSPACE =
            ArmFunctions.GROUP + "/providers/Microsoft.OperationalInsights/workspaces/" + Templates.WORKSPACE;

    static Stream<Map<String, Object>> combinations() {
        return Templates.combinations();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void tablesAndStreamsHaveTheColumnsOfTheirSchemas(Map<String, Object> parameters) {
        Map<String, List<String>> expected = new TreeMap<>();
        for (TableSchema schema :
                Templates.schemas(on(parameters, "additionalFields"), on(parameters, "healthTable"))) {
            List<String> columns = schema.columns().values().stream()
                    .map(column -> column.name() + " " + column.type().keyword())
                    .toList();
            expected.put(schema.table(), columns);
            expected.put(schema.stream(), columns);
        }
        Deployment deployment = deployment(parameters);
        Map<String, List<String>> found = new TreeMap<>();
        deployment.tables().forEach((name, table) -> {
            JsonNode schema = table.properties().required("schema");
            assertThat(schema.required("name").textValue()).isEqualTo(name);
            found.put(name, columns(schema));
        });
        JsonNode streams = deployment.rule().properties().required("streamDeclarations");
        streams.properties().forEach(stream -> found.put(stream.getKey(), columns(stream.getValue())));

        assertThat(found).containsOnlyKeys(expected.keySet());
        found.forEach((name, columns) -> assertThat(columns)
                .as("columns of %s in azuredeploy.json compared with its file in tables, in order", name)
                .containsExactlyElementsOf(expected.get(name)));
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void everyStreamFeedsItsTableUnchanged(Map<String, Object> parameters) {
        Deployment deployment = deployment(parameters);

        assertThat(deployment.rule().properties().required("dataFlows"))
                .map(JsonNode::toString)
                .containsExactlyInAnyOrderElementsOf(deployment.tables().keySet().stream()
                        .map(FLOW::formatted)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void everyResourceWaitsForWhatItNeeds(Map<String, Object> parameters) {
        assertThat(DependencyCheck.problems(deployment(parameters))).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void switchesSelectTheResources(Map<String, Object> parameters) {
        Deployment deployment = deployment(parameters);
        assertThat(deployment.tables()).hasSize(on(parameters, "healthTable") ? 5 : 4);
        assertThat(deployment.deployed("Microsoft.Insights/dataCollectionEndpoints"))
                .hasSize(on(parameters, "privateLink") ? 1 : 0);
        assertThat(deployment.deployed("Microsoft.Insights/diagnosticSettings"))
                .hasSize(on(parameters, "diagnosticSetting") ? 1 : 0);
        assertThat(deployment.deployed("Microsoft.Insights/dataCollectionRules"))
                .hasSize(1);
        assertThat(deployment.deployed("Microsoft.Authorization/roleAssignments"))
                .hasSize(1);
        assertThat(deployment.resources())
                .allSatisfy(resource -> assertThat(
                                resource.json().required("apiVersion").asText())
                        .isEqualTo(API_VERSIONS.get(resource.type())));
        assertThat(deployment.resources().stream().map(Deployment.Resource::id)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void outputsAreIngestionEndpointAndRuleId(Map<String, Object> parameters) {
        Deployment deployment = deployment(parameters);
        assertThat(deployment.outputs().keySet()).containsExactly("sentinelEndpoint", "sentinelDcrImmutableId");
        String host = on(parameters, "privateLink") ? "endpoint.ingest" : "rule.logs";
        assertThat(deployment.outputs().get("sentinelEndpoint").textValue())
                .isEqualTo("https://" + host + ".monitor.azure.com");
        assertThat(deployment.outputs().get("sentinelDcrImmutableId").textValue())
                .isEqualTo("dcr-0123");
    }

    @ParameterizedTest
    @MethodSource("combinations")
    void ruleNamesItsWorkspaceAndEndpoint(Map<String, Object> parameters) {
        JsonNode rule = deployment(parameters).rule().json();
        assertThat(rule.required("kind").textValue()).isEqualTo("Direct");
        assertThat(rule.required("location").textValue()).isEqualTo(ArmFunctions.REGION);
        assertThat(rule.at("/properties/destinations/logAnalytics"))
                .hasToString("[{\"name\":\"workspace\",\"workspaceResourceId\":\"" + WORKSPACE + "\"}]");
        assertThat(rule.at("/properties/dataCollectionEndpointId").asText())
                .isEqualTo(on(parameters, "privateLink") ? INSIGHTS + "dataCollectionEndpoints/tap-sentinel" : "null");
    }

    @Test
    void everySchemaFileHasATable() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/main/resources/tables"))) {
            Set<String> names = files.map(f -> f.getFileName().toString().replace(".json", ""))
                    .collect(Collectors.toSet());
            assertThat(deployment(Templates.with(Map.of())).tables().keySet()).isEqualTo(names);
        }
    }

    @Test
    void tablesUseTheAnalyticsPlanAndTheGivenRetention() {
        Deployment deployment = deployment(Templates.with(Map.of("retentionInDays", 90, "totalRetentionInDays", 365)));
        assertThat(deployment.tables().values())
                .map(table -> ((ObjectNode) table.properties()).deepCopy().without("schema"))
                .allMatch(properties -> properties
                        .toString()
                        .equals("{\"plan\":\"Analytics\",\"retentionInDays\":90,\"totalRetentionInDays\":365}"));
    }

    @Test
    void tablesAreDeployedOneByOne() {
        // concurrent writes to one workspace fail with a conflict
        assertThat(Templates.template().at("/resources/0/copy/mode").textValue())
                .isEqualTo("serial");
        assertThat(Templates.template().at("/resources/0/copy/batchSize").intValue())
                .isEqualTo(1);
    }

    @Test
    void endpointIsClosedToThePublic() {
        Deployment deployment = deployment(Templates.with(Map.of("privateLink", true)));
        assertThat(deployment.deployed("Microsoft.Insights/dataCollectionEndpoints"))
                .singleElement()
                .satisfies(endpoint -> {
                    assertThat(endpoint.properties()
                                    .at("/networkAcls/publicNetworkAccess")
                                    .textValue())
                            .isEqualTo("Disabled");
                    assertThat(endpoint.json().required("location").textValue()).isEqualTo(ArmFunctions.REGION);
                });
    }

    @Test
    void errorsAndMetricsOfTheRuleGoToTheWorkspace() {
        Deployment deployment = deployment(Templates.with(Map.of()));
        assertThat(deployment.deployed("Microsoft.Insights/diagnosticSettings"))
                .singleElement()
                .satisfies(setting -> {
                    assertThat(setting.json().required("scope").textValue())
                            .isEqualTo(INSIGHTS + "dataCollectionRules/tap-sentinel");
                    assertThat(setting.properties())
                            .hasToString("{\"workspaceId\":\"" + WORKSPACE + "\","
                                    + "\"logs\":[{\"category\":\"LogErrors\",\"enabled\":true}],"
                                    + "\"metrics\":[{\"category\":\"AllMetrics\",\"enabled\":true}]}");
                });
    }

    private static List<String> columns(JsonNode owner) {
        List<String> columns = new ArrayList<>();
        owner.required("columns")
                .forEach(column -> columns.add(column.required("name").textValue() + " "
                        + column.required("type").textValue()));
        return columns;
    }

    private static boolean on(Map<String, Object> parameters, String name) {
        return (Boolean) parameters.get(name);
    }

    private static Deployment deployment(Map<String, Object> parameters) {
        return Deployment.of(Templates.template(), parameters);
    }
}
