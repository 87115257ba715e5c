package io.tapsentinel.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tapsentinel.azure.KustoJob.Query;

/** A workbook's content as Azure stores it: a range of time to choose, and one part per query, which that range bounds. */
final class WorkbookContent {

    private static final String WORKSPACES = "microsoft.operationalinsights/workspaces";
    private static final int[] DAYS = {1, 3, 7, 14, 30};
    private static final int QUERY = 3;
    private static final int PARAMETERS = 9;
    private static final int TIME_RANGE = 4;
    private static final long MILLIS_PER_DAY = 86_400_000;

    private WorkbookContent() {}

    /** @param workbook the file that orders the parts */
    static ObjectNode of(JsonNode workbook) {
        ObjectNode content = JsonNodeFactory.instance.objectNode().put("version", "Notebook/1.0");
        ArrayNode items = content.putArray("items");
        items.add(timeRange(workbook.required("timeRangeDays").longValue()));
        workbook.required("parts").forEach(part -> items.add(part(part)));
        content.put(
                "$schema",
                "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json");
        return content;
    }

    private static ObjectNode timeRange(long days) {
        ObjectNode item = item(PARAMETERS, "TimeRange");
        ObjectNode content = item.putObject("content")
                .put("version", "KqlParameterItem/1.0")
                .put("style", "pills")
                .put("queryType", 0)
                .put("resourceType", WORKSPACES);
        ObjectNode range = content.putArray("parameters")
                .addObject()
                .put("version", "KqlParameterItem/1.0")
                .put("name", "TimeRange")
                .put("label", "Time range")
                .put("type", TIME_RANGE)
                .put("isRequired", true);
        range.putObject("value").put("durationMs", days * MILLIS_PER_DAY);
        ArrayNode choices =
                range.putObject("typeSettings").put("allowCustom", true).putArray("selectableValues");
        for (int choice : DAYS) {
            choices.addObject().put("durationMs", choice * MILLIS_PER_DAY);
        }
        return item;
    }

    private static ObjectNode part(JsonNode part) {
        String name = part.required("query").textValue();
        ObjectNode item = item(QUERY, name);
        item.putObject("content")
                .put("version", "KqlItem/1.0")
                .put("query", text(name))
                .put("size", 0)
                .put("title", part.required("title").textValue())
                .put("timeContextFromParameter", "TimeRange")
                .put("queryType", 0)
                .put("resourceType", WORKSPACES)
                .put("visualization", part.required("visualization").textValue());
        return item;
    }

    private static ObjectNode item(int type, String name) {
        return JsonNodeFactory.instance.objectNode().put("type", type).put("name", name);
    }

    private static String text(String query) {
        return QueryFiles.workbookQueries().stream()
                .filter(one -> one.file().equals(query + ".kql"))
                .map(Query::text)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the workbook has no query " + query));
    }
}
