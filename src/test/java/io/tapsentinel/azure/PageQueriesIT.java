package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.azure.KustoJob.Column;
import io.tapsentinel.azure.KustoJob.Query;
import io.tapsentinel.azure.KustoJob.Table;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The pages name every query, and every query on them binds. */
@Tag("full")
class PageQueriesIT {

    private static final String PAGE = page("monitoring.md");

    /** Azure's own tables, with the columns that these queries use. */
    private static final List<Table> AZURES_TABLES = List.of(
            table("DCRLogErrors", "_ResourceId string, OperationName string, InputStreamId string, Message string"),
            table("AzureMetrics", "_ResourceId string, MetricName string, Total real"));

    @Test
    void examplesOnTheMonitoringPageBind() {
        List<Query> examples = queries("monitoring.md", "(?ms)^```kusto\n(.*?)^```");

        assertThat(examples).hasSizeGreaterThan(4);
        assertBind(QueryFiles.tables(false), QueryFiles.functions(), examples);
    }

    @Test
    void queriesOnTheAzurePageBind() {
        List<Query> queries = queries("azure.md", "(?m)^(    [A-Z]\\w+\n(?:    \\| .*\n)+)");

        assertThat(queries).hasSize(2);
        assertBind(AZURES_TABLES, List.of(), queries);
    }

    @Test
    void monitoringPageNamesEveryFunctionRuleAndWorkbookPart() {
        assertThat(PAGE)
                .contains(QueryFiles.functions().stream()
                        .map(function -> "`" + function.name() + "`")
                        .toList());
        assertThat(QueryFiles.rules())
                .allSatisfy(rule -> assertThat(PAGE)
                        .containsPattern("\\| `" + rule.name() + "` \\|.*\\| "
                                + rule.metadata().required("severity").textValue() + " \\|"));
        QueryFiles.workbook()
                .required("parts")
                .forEach(part ->
                        assertThat(PAGE).contains("`" + part.required("query").textValue() + "`"));
    }

    private static List<Query> queries(String page, String pattern) {
        return Pattern.compile(pattern)
                .matcher(page(page))
                .results()
                .map(query -> Query.of(page, query.group(1)))
                .toList();
    }

    private static void assertBind(List<Table> tables, List<Query> functions, List<Query> queries) {
        assertThat(KustoCheck.bind(new KustoJob(tables, functions, queries)).findings())
                .isEmpty();
    }

    private static String page(String name) {
        return QueryFiles.text(Path.of("src/site/markdown", name));
    }

    private static Table table(String name, String columns) {
        return new Table(
                name,
                Arrays.stream(("TimeGenerated datetime, " + columns).split(", "))
                        .map(column -> column.split(" "))
                        .map(words -> new Column(words[0], words[1]))
                        .toList());
    }
}
