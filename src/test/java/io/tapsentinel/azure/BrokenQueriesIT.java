package io.tapsentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.tapsentinel.azure.KustoJob.Column;
import io.tapsentinel.azure.KustoJob.Query;
import io.tapsentinel.azure.KustoJob.Table;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** One careless edit of a schema file or a query is reported with the query's file and position. */
@Tag("full")
class BrokenQueriesIT {

    /** A column gets another type, or none ("-"); the query file this breaks, and a finding in it. */
    private static final String SCHEMAS = """
            ProofPointTAPClicksPermittedV2_CL | classification | int | MaliciousLinkClicked.kql | 5:29: TYPES classification is int and 'malware' is string
            ProofPointTAPClicksPermittedV2_CL | clickIP | - | MaliciousLinkClicked.kql | The name 'clickIP' does not refer
            ProofPointTAPClicksPermittedV2_CL | threatID | dynamic | ThreatClearedAfterDelivery.kql | column ThreatId has different types
            ProofPointTAPClicksBlockedV2_CL | url | dynamic | TapEventHistory.kql | column url has different types
            ProofPointTAPClicksBlockedV2_CL | recipient | dynamic | TapEventHistory.kql | column recipient has different types
            ProofPointTAPClicksBlockedV2_CL | clickTime | string | TapEventHistory.kql | column clickTime has different types
            ProofPointTAPMessagesDeliveredV2_CL | messageTime | string | TapEventHistory.kql | column messageTime has different types
            ProofPointTAPMessagesDeliveredV2_CL | messageTime | string | ThreatClearedAfterDelivery.kql | column EventTime has different types
            ProofPointTAPMessagesDeliveredV2_CL | threatsInfoMap | string | MalwareAttachmentDelivered.kql | KS
            ProofPointTAPMessagesBlockedV2_CL | messageSize | string | TapEventHistory.kql | column messageSize has different types
            ProofPointTAPMessagesBlockedV2_CL | policyRoutes | string | TapEventHistory.kql | column policyRoutes has different types
            TapSentinelHealth_CL | kind | int | ConnectorStopped.kql | 5:17: TYPES kind is int and 'heartbeat' is string
            TapSentinelHealth_CL | hour | string | Completeness.kql | KS
            TapSentinelHealth_CL | delivered | string | Completeness.kql | KS
            TapSentinelHealth_CL | lagSeconds | string | ThreatsSilent.kql | KS106
            """;
    /** A replaced word of a file, and a finding in the file. */
    private static final String QUERIES = """
            MaliciousLinkClicked.kql | ClickIp = clickIP | ClickIp = clickIp | 15:26: KS142 The name 'clickIp' does not refer
            MaliciousLinkClicked.kql | ProofPointTAPClicksPermittedV2_CL | ProofPointTAPClicks_CL | 2:1: KS204 The name 'ProofPointTAPClicks_CL' does not refer
            ThreatsSilent.kql | == 'heartbeat' | == 3 | 11:17: TYPES kind is string and 3 is long
            ThreatsSilent.kql | lagSeconds < 3600 | lagSeconds < '1h' | KS106 The operator '<' is not defined
            TapEventHistory.kql | threatURL | threatUrl | The name 'threatUrl' does not refer
            TapEvents.kql | TapEventHistory | TapHistory | 3:1: KS204 The name 'TapHistory' does not refer
            CompletenessDiffers.kql | LatestRowAt | NewestRowAt | The name 'NewestRowAt' does not refer
            CampaignToManyRecipients.kql | countif(Earlier > 0) | countwhen(Earlier > 0) | The name 'countwhen' does not refer
            WorkbookPermittedClicks.kql | ThreatStatus | ThreatState | The name 'ThreatState' does not refer
            """;

    /** A job, the broken file, and a finding in it. */
    private record Broken(KustoJob job, String file, String finding) {

        static Broken schema(String[] words) {
            List<Table> tables = QueryFiles.tables(false).stream()
                    .map(table -> table.name().equals(words[0]) ? broken(table, words[1], words[2]) : table)
                    .toList();
            assertThat(tables).isNotEqualTo(QueryFiles.tables(false));
            return new Broken(only(QueryFiles.job(tables), words[3]), words[3], words[4]);
        }

        static Broken query(String[] words) {
            KustoJob job = only(QueryFiles.job(QueryFiles.tables(false)), words[0]);
            KustoJob broken = new KustoJob(job.tables(), broken(job.functions(), words), broken(job.queries(), words));
            assertThat(broken).isNotEqualTo(job);
            return new Broken(broken, words[0], words[3]);
        }

        private static Table broken(Table table, String column, String type) {
            return new Table(
                    table.name(),
                    table.columns().stream()
                            .filter(c -> !type.equals("-") || !c.name().equals(column))
                            .map(c -> c.name().equals(column) ? new Column(column, type) : c)
                            .toList());
        }

        private static List<Query> broken(List<Query> queries, String[] words) {
            return queries.stream()
                    .map(query -> query.file().equals(words[0])
                            ? new Query(query.name(), words[0], query.text().replace(words[1], words[2]), List.of())
                            : query)
                    .toList();
        }

        /** All functions but only this query, to save time. */
        private static KustoJob only(KustoJob job, String file) {
            return new KustoJob(
                    job.tables(),
                    job.functions(),
                    job.queries().stream()
                            .filter(query -> query.file().equals(file))
                            .toList());
        }
    }

    @TestFactory
    Stream<DynamicTest> aBrokenSchemaFileIsNamedWhereItMatters() {
        return found(SCHEMAS, Broken::schema);
    }

    @TestFactory
    Stream<DynamicTest> aBrokenQueryIsNamedWithItsPlace() {
        return found(QUERIES, Broken::query);
    }

    private static Stream<DynamicTest> found(String cases, Function<String[], Broken> make) {
        List<Broken> all =
                cases.lines().map(line -> line.split(" \\| ")).map(make).toList();
        List<KustoCheck.Report> reports =
                KustoCheck.bind(all.stream().map(Broken::job).toList());
        List<String> names = cases.lines().toList();
        return IntStream.range(0, all.size())
                .mapToObj(i -> dynamicTest(
                        names.get(i),
                        () -> assertThat(reports.get(i).findings())
                                .anySatisfy(finding -> assertThat(finding.toString())
                                        .startsWith(all.get(i).file() + ":")
                                        .contains(all.get(i).finding()))));
    }
}
