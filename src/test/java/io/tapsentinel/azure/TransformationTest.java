package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformationTest {

    private static final Map<String, String> STREAM =
            columns("TimeGenerated datetime, id string, score int, threat dynamic, seen datetime");

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "source -> TimeGenerated datetime, id string, score int, threat dynamic, seen datetime",
                "source | extend TimeGenerated = todatetime(id) | project-away threat, seen -> TimeGenerated datetime, id string, score int",
                "source | project id, score | extend score = tolong(score), new = 'a' -> id string, score long, new string",
                "source | project id, at = iif(isnull(seen), TimeGenerated, seen) -> id string, at datetime",
                "source | project-away threat, seen -> TimeGenerated datetime, id string, score int",
                "source | project-rename key = id | project key -> key string",
                "source | where (score > 3 and id has 'x') or isempty(id) | project id -> id string",
                "source | project b = score == 3, c = case(isnull(seen), 1, 2) -> b boolean, c long",
            })
    void yieldsTheColumnsThatAzureMonitorWould(String query, String output) {
        assertThat(Transformation.output(query, STREAM)).containsExactlyEntriesOf(columns(output));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "->",
            value = {
                "source | summarize count() by id -> operator summarize is not allowed in a transformation",
                "source | extend id = coalesce(id, 'none') -> function coalesce is not allowed in a transformation",
                "source | project Id -> there is no column Id",
                "source | project-away ID -> there is no column ID",
                "source | project-rename a = b -> there is no column b",
                "source | where scores > 3 -> there is no column scores",
                "source | extend a = tostring(b) -> there is no column b",
                "Other_CL -> 'source' is expected, not 'Other_CL'",
                "source project id -> '|' is expected, not 'project'",
                "source | extend a = threat[0] -> cannot read [0]",
            })
    void refusesWhatATransformationMayNot(String query, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Transformation.output(query, STREAM))
                .withMessage(reason);
    }

    @Test
    void leavesTheStreamAsItWas() {
        Map<String, String> stream = new LinkedHashMap<>(STREAM);
        Transformation.output("source | project-away id", stream);
        assertThat(stream).isEqualTo(STREAM);
    }

    private static Map<String, String> columns(String text) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (String column : text.split(", ")) {
            columns.put(column.split(" ")[0], column.split(" ")[1]);
        }
        return columns;
    }
}
