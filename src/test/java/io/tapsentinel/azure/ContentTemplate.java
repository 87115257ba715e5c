package io.tapsentinel.azure;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.azure.KustoJob.Query;
import io.tapsentinel.azure.QueryFiles.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The ARM template for functions, rules and workbook, generated from the files in {@code queries} and committed beside them. */
final class ContentTemplate {

    static final Path FILE = Path.of("src/main/azure/content.json");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String WORKSPACE =
            "resourceId('Microsoft.OperationalInsights/workspaces', parameters('workspaceName'))";
    private static final List<String> OF_RULES = List.of(
            "displayName",
            "description",
            "severity",
            "queryFrequency",
            "queryPeriod",
            "triggerOperator",
            "triggerThreshold",
            "tactics",
            "techniques",
            "entityMappings",
            "customDetails",
            "alertDetailsOverride",
            "incidentConfiguration");
    private static final String SKELETON = """
            {
              "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
              "contentVersion": "1.0.0.0",
              "parameters": {
                "workspaceName": {"type": "string", "metadata": {"description": "Log Analytics workspace\
             Sentinel runs on. It must exist in this resource group and have the tables of azuredeploy.json."}},
                "location": {"type": "string", "metadata": {"description": "Region of the workbook."},
                  "defaultValue": "[resourceGroup().location]"},
                "healthTable": {"type": "bool", "metadata": {"description": "true if the connector runs with\
             sentinel.health-table=true. false leaves out the function Completeness and the rules about the\
             connector."},
                  "defaultValue": true},
                "rulesEnabled": {"type": "bool", "metadata": {"description": "false deploys the rules disabled."},
                  "defaultValue": true}
              },
              "resources": [],
              "outputs": {}
            }
            """;
    private static final String TIME_RANGE = """
            {"type": 9, "name": "TimeRange", "content": {
              "version": "KqlParameterItem/1.0", "style": "pills", "queryType": 0,
              "resourceType": "microsoft.operationalinsights/workspaces",
              "parameters": [{
                "version": "KqlParameterItem/1.0", "name": "TimeRange", "label": "Time range",
                "type": 4, "isRequired": true, "value": {"durationMs": %d},
                "typeSettings": {"allowCustom": true, "selectableValues": [
                  {"durationMs": 86400000}, {"durationMs": 259200000}, {"durationMs": 604800000},
                  {"durationMs": 1209600000}, {"durationMs": 2592000000}]}}]}}
            """;

    private ContentTemplate() {}

    /** The text that must be committed. */
    static String text() {
        try {
            // the same line endings on every platform
            DefaultPrettyPrinter printer =
                    new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
            return JSON.writer(printer).writeValueAsString(template()) + "\n";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectNode template() {
        ObjectNode template = (ObjectNode) QueryFiles.json(SKELETON);
        ArrayNode resources = template.withArray("resources");
        QueryFiles.functions().forEach(function -> resources.add(function(function)));
        QueryFiles.rules().forEach(rule -> resources.add(rule(rule)));
        resources.add(workbook());
        return template;
    }

    private static ObjectNode function(Query function) {
        ObjectNode resource = JSON.createObjectNode();
        if (function.text().contains("TapSentinelHealth_CL")) {
            resource.put("condition", "[parameters('healthTable')]");
        }
        resource.put("type", "Microsoft.OperationalInsights/workspaces/savedSearches")
                .put("apiVersion", "2020-08-01")
                .put("name", "[concat(parameters('workspaceName'), '/" + function.name() + "')]")
                // otherwise a second deployment fails
                .put("etag", "*");
        resource.putObject("properties")
                .put("category", "Proofpoint TAP")
                .put("displayName", function.name())
                .put("query", function.text())
                .put("functionAlias", function.name())
                .put("version", 2);
        return resource;
    }

    private static ObjectNode rule(Rule rule) {
        ObjectNode resource = JSON.createObjectNode();
        JsonNode metadata = rule.metadata();
        if (metadata.required("needsHealthTable").booleanValue()) {
            resource.put("condition", "[parameters('healthTable')]");
        }
        resource.put("type", "Microsoft.SecurityInsights/alertRules")
                .put("apiVersion", "2024-09-01")
                .put("scope", "[" + WORKSPACE + "]")
                .put("name", "[guid(" + WORKSPACE + ", 'tap-sentinel', '" + rule.name() + "')]")
                .put("kind", "Scheduled");
        // Sentinel binds the query when the rule is deployed
        ArrayNode dependsOn = resource.putArray("dependsOn");
        QueryFiles.functions()
                .forEach(function ->
                        dependsOn.add("[resourceId('Microsoft.OperationalInsights/workspaces/savedSearches',"
                                + " parameters('workspaceName'), '" + function.name() + "')]"));
        ObjectNode properties = resource.putObject("properties").put("enabled", "[parameters('rulesEnabled')]");
        OF_RULES.forEach(name -> properties.set(name, metadata.required(name)));
        properties
                .put("suppressionEnabled", false)
                .put("suppressionDuration", "PT5H")
                .put("query", rule.query());
        properties.putObject("eventGroupingSettings").put("aggregationKind", "AlertPerResult");
        return resource;
    }

    private static ObjectNode workbook() {
        JsonNode workbook = QueryFiles.workbook();
        ObjectNode resource = JSON.createObjectNode()
                .put("type", "Microsoft.Insights/workbooks")
                .put("apiVersion", "2022-04-01")
                .put("name", "[guid(" + WORKSPACE + ", 'tap-sentinel', 'Workbook')]")
                .put("location", "[parameters('location')]")
                .put("kind", "shared");
        resource.putObject("properties")
                .put("displayName", workbook.required("displayName").textValue())
                .put("category", "sentinel")
                .put("version", "1.0")
                .put("sourceId", "[" + WORKSPACE + "]")
                .put("serializedData", workbookContent(workbook).toString());
        return resource;
    }

    /** In Azure's format: a time range to choose, and one part per query within that range. */
    private static ObjectNode workbookContent(JsonNode workbook) {
        ObjectNode content = JSON.createObjectNode().put("version", "Notebook/1.0");
        ArrayNode items = content.putArray("items");
        long days = workbook.required("timeRangeDays").longValue();
        items.add(QueryFiles.json(TIME_RANGE.formatted(Duration.ofDays(days).toMillis())));
        workbook.required("parts").forEach(part -> items.add(part(part)));
        return content.put(
                "$schema",
                "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json");
    }

    private static ObjectNode part(JsonNode part) {
        String name = part.required("query").textValue();
        ObjectNode item = JSON.createObjectNode().put("type", 3).put("name", name);
        item.putObject("content")
                .put("version", "KqlItem/1.0")
                .put("query", workbookQuery(name))
                .put("size", 0)
                .put("title", part.required("title").textValue())
                .put("timeContextFromParameter", "TimeRange")
                .put("queryType", 0)
                .put("resourceType", "microsoft.operationalinsights/workspaces")
                .put("visualization", part.required("visualization").textValue());
        return item;
    }

    private static String workbookQuery(String name) {
        return QueryFiles.workbookQueries().stream()
                .filter(one -> one.file().equals(name + ".kql"))
                .map(Query::text)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the workbook has no query " + name));
    }
}
