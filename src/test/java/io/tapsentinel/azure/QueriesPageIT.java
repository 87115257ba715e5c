package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapsentinel.azure.KustoJob.Query;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The page on the queries names what there is, and its examples bind. */
@Tag("full")
class QueriesPageIT {

    private static final String PAGE = QueryFiles.text(Path.of("src/site/markdown/queries.md"));

    @Test
    void itsExamplesBind() {
        List<Query> examples = Pattern.compile("(?ms)^```kusto\n(.*?)^```")
                .matcher(PAGE)
                .results()
                .map(example -> Query.of("queries.md", example.group(1)))
                .toList();

        assertThat(examples).hasSizeGreaterThan(4);
        assertThat(KustoCheck.bind(new KustoJob(QueryFiles.tables(false), QueryFiles.functions(), examples))
                        .findings())
                .isEmpty();
    }

    @Test
    void itNamesEveryFunctionRuleAndPart() {
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
}
