package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.tapsentinel.azure.KustoJob.Column;
import io.tapsentinel.azure.KustoJob.Query;
import io.tapsentinel.azure.KustoJob.Table;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What the check reports, and where. The language service alone reports half of it. */
@Tag("full")
class KustoCheckIT {

    private static final Table T = new Table(
            "T",
            List.of(
                    new Column("text", "string"),
                    new Column("number", "int"),
                    new Column("bag", "dynamic"),
                    new Column("at", "datetime"),
                    new Column("yes", "boolean")));

    /** Query, position and message. */
    private static final List<String[]> BROKEN =
            """
                    T\\n| where Text == 'x' => 2:9 => The name 'Text' does not refer to any known column
                    Tt\\n| take 1 => 1:1 => The name 'Tt' does not refer to any known table
                    T\\n| extend n = lower(text) => 2:14 => The name 'lower' does not refer to any known function
                    T\\n| where number > 'x' => 2:16 => The operator '>' is not defined for the operand types int and string
                    T\\n| where text == 3 => 2:17 => text is string and 3 is long
                    T\\n| where number != 'x' => 2:19 => number is int and 'x' is string
                    T\\n| where yes == 'true' => 2:16 => yes is bool and 'true' is string
                    T\\n| where text in ('a', 3) => 2:23 => text is string and 3 is long
                    T\\n| where number between (1 .. bag) => 2:30 => number is int and bag is dynamic
                    T\\n| where bag == 'x' => 2:16 => bag is dynamic and 'x' is string
                    T\\n| where tolower(bag.a) == 'x' => 2:17 => bag.a is dynamic: tolower takes a string
                    T\\n| extend z = iff(yes, number, text) => 2:14 => iff chooses between bool, int, string
                    T\\n| union (T | extend text = 3) => 2:3 => column text has different types in the operands
                    T\\n| join (T) on $left.text == $right.number => 2:29 => $left.text is string and $right.number is int
                    T\\n| take 1\\n| where ingestion_time() > ago(1h) => 3:9 => ingestion_time() is null here
                    union T, (T | where yes)\\n| extend i = ingestion_time() => 2:14 => ingestion_time() is null here
                    T\\n| take 1 | => 2:11 => Query operator expected
                    """.lines().map(line -> line.replace("\\n", "\n").split(" => ")).toList();

    @TestFactory
    Stream<DynamicTest> whatDoesNotBindIsNamedWithItsPlace() {
        List<KustoCheck.Report> reports = KustoCheck.bind(BROKEN.stream()
                .map(one -> new KustoJob(List.of(T), List.of(), List.of(Query.of("a.kql", one[0]))))
                .toList());
        return IntStream.range(0, BROKEN.size())
                .mapToObj(i -> dynamicTest(
                        BROKEN.get(i)[2],
                        () -> assertThat(reports.get(i).findings())
                                .anySatisfy(finding -> assertThat(finding.toString())
                                        .startsWith("a.kql:" + BROKEN.get(i)[1] + ": ")
                                        .contains(BROKEN.get(i)[2]))));
    }

    @Test
    void validQueriesPass() {
        KustoCheck.Report report = bind(Query.of("a.kql", """
                T
                | where text =~ 'x' and number == 3 and number >= 2.5 and text in~ ('a', 'b') and yes == true
                | where at between (ago(1d) .. now()) and at between (ago(1d) .. 1h) and tostring(bag.a) == 'x'
                | where ingestion_time() > ago(1h) - 30m
                | extend latest = iff(yes, at, datetime(null))
                | union (T | extend text = tolower(text))
                """));

        assertThat(report.findings()).isEmpty();
        assertThat(report.results().get("a.kql"))
                .containsExactly(
                        new Column("text", "string"),
                        new Column("number", "int"),
                        new Column("bag", "dynamic"),
                        new Column("at", "datetime"),
                        new Column("yes", "bool"),
                        new Column("latest", "datetime"));
        assertThat(report.calls().get("a.kql"))
                .containsExactly("ago", "iff", "ingestion_time", "now", "tolower", "tostring");
        assertThat(report.values().get("a.kql")).containsExactly("a", "b", "x");
    }

    @Test
    void functionIsBoundAndItsCallersSeeItsColumns() {
        Query function = Query.function("F", "F.kql", "T\n| extend made = nothing");
        Query caller = Query.of("a.kql", "F | project text, number");
        KustoCheck.Report report = KustoCheck.bind(new KustoJob(List.of(T), List.of(function), List.of(caller)));

        assertThat(report.findings())
                .extracting(KustoCheck.Finding::toString)
                .singleElement()
                .asString()
                .startsWith("F.kql:2:17: ");
        assertThat(report.results().get("a.kql"))
                .containsExactly(new Column("text", "string"), new Column("number", "int"));
    }

    @Test
    void resultHasTheRequiredColumnsAndTypes() {
        Query query = Query.of("a.kql", "T | project text, yes, at");

        assertThat(bind(query.giving(List.of(
                                new Column("text", "int"), new Column("gone", null), new Column("yes", "boolean"))))
                        .findings())
                .extracting(KustoCheck.Finding::message)
                .containsExactly(
                        "column text of the result is string and not int",
                        "the result has no column gone; it has text, yes, at");
    }

    private static KustoCheck.Report bind(Query query) {
        return KustoCheck.bind(new KustoJob(List.of(T), List.of(), List.of(query)));
    }
}
