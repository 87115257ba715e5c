package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.azure.KustoJob.Column;
import io.tapsentinel.azure.KustoJob.Query;
import io.tapsentinel.azure.KustoJob.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The queries that the page on the deployment shows bind. */
@Tag("full")
class AzurePageQueriesIT {

    /** Azure's own tables, as many of their documented columns as one needs. */
    private static final List<Table> TABLES = List.of(
            table("DCRLogErrors", "_ResourceId string, OperationName string, InputStreamId string, Message string"),
            table("AzureMetrics", "_ResourceId string, MetricName string, Total real"));

    @Test
    void everyQueryBinds() throws IOException {
        String page = Files.readString(Path.of("src/site/markdown/azure.md"));
        List<Query> queries = Pattern.compile("(?m)^    [A-Z]\\w+\n(?:    \\| .*\n)+")
                .matcher(page)
                .results()
                .map(query -> Query.of("azure.md", query.group().replaceAll("(?m)^    ", "")))
                .toList();
        assertThat(queries).hasSize(2);
        assertThat(KustoCheck.bind(new KustoJob(TABLES, List.of(), queries)).findings())
                .isEmpty();
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
