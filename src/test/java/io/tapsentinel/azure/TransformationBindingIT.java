package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tapsentinel.azure.KustoJob.Column;
import io.tapsentinel.azure.KustoJob.Query;
import io.tapsentinel.azure.KustoJob.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The rule's transformations as Kusto's own language service reads them: each a query of its stream, which has to give its table. */
@Tag("full")
class TransformationBindingIT {

    @Test
    void everyTransformationGivesItsTable() {
        // tables of one kind make the same job, which needs to be done once
        Map<KustoJob, String> jobs = new LinkedHashMap<>();
        Deployment deployment = new BrokenTemplate().deployment(Map.of("additionalFields", true));
        deployment
                .rule()
                .properties()
                .required("dataFlows")
                .forEach(flow -> jobs.put(job(deployment, flow), flow.toString()));
        assertThat(jobs).hasSize(3);
        // all at once: each start of node takes seconds
        KustoCheck.bind(List.copyOf(jobs.keySet()));
        jobs.forEach((job, flow) ->
                assertThat(KustoCheck.bind(job).findings()).as(flow).isEmpty());
    }

    @Test
    void aTypeThatTheTableHasNotIsFound() {
        String table = "ProofPointTAPClicksBlockedV2_CL";
        Deployment deployment = new BrokenTemplate()
                .table(table, BrokenTemplate.type("clickTime", "string"))
                .deployment(Map.of());
        KustoJob job = job(deployment, deployment.rule().properties().at("/dataFlows/0"));
        assertThat(KustoCheck.bind(job).findings())
                .extracting(KustoCheck.Finding::message)
                .containsExactly("column clickTime of the result is datetime and not string");
    }

    @Test
    void bothBindersAgree() {
        JsonNode rule = new BrokenTemplate().deployment(Map.of()).rule().properties();
        Map<String, String> stream =
                Columns.of(rule.at("/streamDeclarations/Custom-ProofPointTAPClicksBlockedV2_CL/columns"));
        List<Query> queries = new ArrayList<>();
        for (String query : List.of(
                "source | extend TimeGenerated = todatetime(clickTime), sender = tolower(sender)",
                "source | project-away userAgent | project-rename agent = url",
                "source | where isnotempty(id) and sender has 'x' | project id, b = iif(isnull(threatTime), clickTime, threatTime)",
                "source | project a = case(isempty(id), 1, 2), b = (sender == 'x'), c = parse_json(url), d = toint(id), e = now()")) {
            queries.add(Query.of(query, query).givingExactly(columns(Transformation.output(query, stream))));
        }
        KustoJob job = new KustoJob(List.of(new Table("source", columns(stream))), List.of(), queries);
        assertThat(KustoCheck.bind(job).findings()).isEmpty();
    }

    private static KustoJob job(Deployment deployment, JsonNode flow) {
        JsonNode streams = deployment.rule().properties().required("streamDeclarations");
        JsonNode table = deployment
                .tables()
                .get(flow.required("outputStream").textValue().replaceFirst("^Custom-", ""))
                .properties();
        Query transformation = Query.of(
                        "transformation", flow.required("transformKql").textValue())
                .givingExactly(columns(Columns.of(table.at("/schema/columns"))));
        JsonNode stream = streams.required(flow.at("/streams/0").textValue());
        Table source = new Table("source", columns(Columns.of(stream.required("columns"))));
        return new KustoJob(List.of(source), List.of(), List.of(transformation));
    }

    private static List<Column> columns(Map<String, String> columns) {
        return columns.entrySet().stream()
                .map(column -> new Column(column.getKey(), column.getValue()))
                .toList();
    }
}
