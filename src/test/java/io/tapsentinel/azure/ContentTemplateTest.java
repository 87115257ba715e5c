package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed template matches the files and deploys in an order that works. */
class ContentTemplateTest {

    private static final String SAVED_SEARCHES = "Microsoft.OperationalInsights/workspaces/savedSearches";

    /** {@code -Dcontent.rewrite=true} regenerates the template. */
    @Test
    void committedTemplateMatchesTheFiles() throws IOException {
        if (Boolean.getBoolean("content.rewrite")) {
            Files.writeString(ContentTemplate.FILE, ContentTemplate.text());
        }
        assertThat(QueryFiles.text(ContentTemplate.FILE))
                .as("differs from the files: run mvn test -Dtest=ContentTemplateTest -Dcontent.rewrite=true")
                .isEqualTo(ContentTemplate.text());
    }

    @Test
    void templateHasEveryFunctionRuleAndWorkbookPart() {
        assertThat(resources("savedSearches"))
                .extracting(one -> one.at("/properties/functionAlias").asText())
                .containsExactly("Completeness", "EventsTwice", "TapEventHistory", "TapEvents");
        assertThat(resources("alertRules"))
                .extracting(one -> one.at("/properties/query").asText())
                .containsExactlyElementsOf(
                        QueryFiles.rules().stream().map(QueryFiles.Rule::query).toList());
        assertThat(workbookItems())
                .filteredOn(item -> item.path("type").asInt() == 3)
                .extracting(item -> item.at("/content/query").asText())
                .containsExactlyInAnyOrderElementsOf(QueryFiles.workbookQueries().stream()
                        .map(KustoJob.Query::text)
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void azureDeploysFunctionsFirst(boolean healthTable) {
        Deployment deployment = Deployment.of(
                QueryFiles.json(ContentTemplate.FILE),
                Map.of("workspaceName", Templates.WORKSPACE, "healthTable", healthTable, "rulesEnabled", false));

        assertThat(DependencyCheck.problems(deployment)).isEmpty();
        assertThat(deployment.resources()).extracting(Deployment.Resource::id).doesNotHaveDuplicates();
        assertThat(deployment.deployed(SAVED_SEARCHES))
                .hasSize(healthTable ? 4 : 3)
                .allSatisfy(
                        function -> assertThat(function.json().required("name").asText())
                                .isEqualTo(Templates.WORKSPACE + "/"
                                        + function.properties()
                                                .required("functionAlias")
                                                .asText()));
        List<String> functions = deployment.resources().stream()
                .filter(one -> one.type().equals(SAVED_SEARCHES))
                .map(Deployment.Resource::id)
                .toList();
        assertThat(deployment.deployed("Microsoft.SecurityInsights/alertRules"))
                .hasSize(healthTable ? 7 : 4)
                .allSatisfy(rule -> {
                    assertThat(rule.json().required("dependsOn"))
                            .extracting(JsonNode::asText)
                            .containsExactlyElementsOf(functions);
                    assertThat(rule.properties().required("enabled").booleanValue())
                            .isFalse();
                    assertThat(rule.id())
                            .contains("/workspaces/" + Templates.WORKSPACE
                                    + "/providers/Microsoft.SecurityInsights/alertRules/");
                });
        assertThat(deployment.deployed("Microsoft.Insights/workbooks")).hasSize(1);
    }

    @Test
    void ruleIsAnExtensionOfTheWorkspaceWithAStableName() {
        assertThat(resources("alertRules"))
                .extracting(rule -> rule.path("name").asText())
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("\\[guid\\(resourceId\\('Microsoft.OperationalInsights/workspaces', "
                        + "parameters\\('workspaceName'\\)\\), 'tap-sentinel', '\\w+'\\)]"));
        assertThat(resources("alertRules")).allSatisfy(rule -> {
            assertThat(rule.path("scope").asText())
                    .isEqualTo("[resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspaceName'))]");
            assertThat(rule.path("kind").asText()).isEqualTo("Scheduled");
            assertThat(rule.path("properties").has("rows")).isFalse();
        });
    }

    @Test
    void resourcesOnTheHealthTableHaveItsCondition() {
        assertThat(Stream.of("savedSearches", "alertRules").flatMap(type -> resources(type).stream()))
                .allSatisfy(resource -> {
                    String query = resource.at("/properties/query").asText();
                    assertThat(resource.path("condition").asText())
                            .as(resource.path("name").asText())
                            .isEqualTo(
                                    query.contains("TapSentinelHealth_CL") || query.contains("Completeness")
                                            ? "[parameters('healthTable')]"
                                            : "");
                });
    }

    @Test
    void noTextIsReadAsAnExpressionOrWorkbookParameter() {
        assertThat(Stream.of("savedSearches", "alertRules")
                        .flatMap(type -> resources(type).stream())
                        .toList())
                .allSatisfy(resource ->
                        assertThat(resource.at("/properties/query").asText()).doesNotStartWith("["));
        assertThat(workbookItems())
                .allSatisfy(
                        item -> assertThat(item.at("/content/query").asText()).doesNotContain("{", "}"));
    }

    private static List<JsonNode> workbookItems() {
        List<JsonNode> items = new ArrayList<>();
        resources("workbooks")
                .forEach(one -> QueryFiles.json(
                                one.at("/properties/serializedData").textValue())
                        .path("items")
                        .forEach(items::add));
        assertThat(items).isNotEmpty();
        return items;
    }

    private static List<JsonNode> resources(String type) {
        List<JsonNode> resources = new ArrayList<>();
        for (JsonNode resource : QueryFiles.json(ContentTemplate.FILE).path("resources")) {
            if (resource.path("type").asText().endsWith("/" + type)) {
                resources.add(resource);
            }
        }
        assertThat(resources).isNotEmpty();
        return resources;
    }
}
