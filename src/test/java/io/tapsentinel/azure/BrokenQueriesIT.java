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
import org.junit.jupiter.api.TestFactory;

/** A schema file or a query with one careless edit is named, with the file of the query and the place in it. */
@Tag("full")
class BrokenQueriesIT {

    private static final String CLICKS = "ProofPointTAPClicksPermittedV2_CL";
    private static final String BLOCKED_CLICKS = "ProofPointTAPClicksBlockedV2_CL";
    private static final String MESSAGES = "ProofPointTAPMessagesDeliveredV2_CL";
    private static final String BLOCKED_MESSAGES = "ProofPointTAPMessagesBlockedV2_CL";
    private static final String HEALTH = "TapSentinelHealth_CL";

    /** A column of a table that its schema file gives another type, or none where it is null; and a finding in the file that it breaks. */
    private record BrokenSchema(String table, String column, String type, String file, String finding) {

        KustoJob job() {
            List<Table> tables =
                    QueryFiles.tables(false).stream().map(this::broken).toList();
            assertThat(tables).isNotEqualTo(QueryFiles.tables(false));
            return only(
                    new KustoJob(
                            tables,
                            QueryFiles.functions(),
                            QueryFiles.job(tables).queries()),
                    file);
        }

        private Table broken(Table one) {
            return !one.name().equals(table)
                    ? one
                    : new Table(
                            table,
                            one.columns().stream()
                                    .filter(c -> type != null || !c.name().equals(column))
                                    .map(c -> c.name().equals(column) ? new Column(column, type) : c)
                                    .toList());
        }
    }

    /** A word of a query that is another one; and a finding in its file. */
    private record BrokenQuery(String file, String word, String wrong, String finding) {

        KustoJob job() {
            KustoJob job = only(QueryFiles.job(QueryFiles.tables(false)), file);
            KustoJob broken = new KustoJob(job.tables(), broken(job.functions()), broken(job.queries()));
            assertThat(broken).isNotEqualTo(job);
            return broken;
        }

        private List<Query> broken(List<Query> queries) {
            return queries.stream()
                    .map(query -> query.file().equals(file)
                            ? new Query(query.name(), file, query.text().replace(word, wrong), List.of(), false)
                            : query)
                    .toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> aBrokenSchemaFileIsNamedWhereItMatters() {
        List<BrokenSchema> all = List.of(
                new BrokenSchema(
                        CLICKS,
                        "classification",
                        "int",
                        "MaliciousLinkClicked.kql",
                        "5:29: TYPES classification is int and 'malware' is string"),
                new BrokenSchema(
                        CLICKS, "clickIP", null, "MaliciousLinkClicked.kql", "The name 'clickIP' does not refer"),
                new BrokenSchema(
                        CLICKS,
                        "threatID",
                        "dynamic",
                        "ThreatClearedAfterDelivery.kql",
                        "column ThreatId has not the same type"),
                new BrokenSchema(
                        BLOCKED_CLICKS, "url", "dynamic", "TapEventHistory.kql", "column url has not the same type"),
                new BrokenSchema(
                        BLOCKED_CLICKS,
                        "recipient",
                        "dynamic",
                        "TapEventHistory.kql",
                        "column recipient has not the same type"),
                new BrokenSchema(
                        BLOCKED_CLICKS,
                        "clickTime",
                        "string",
                        "TapEventHistory.kql",
                        "column clickTime has not the same type"),
                new BrokenSchema(
                        MESSAGES,
                        "messageTime",
                        "string",
                        "TapEventHistory.kql",
                        "column messageTime has not the same type"),
                new BrokenSchema(
                        MESSAGES,
                        "messageTime",
                        "string",
                        "ThreatClearedAfterDelivery.kql",
                        "column EventTime has not the same type"),
                new BrokenSchema(MESSAGES, "threatsInfoMap", "string", "MalwareAttachmentDelivered.kql", "KS"),
                new BrokenSchema(
                        BLOCKED_MESSAGES,
                        "messageSize",
                        "string",
                        "TapEventHistory.kql",
                        "column messageSize has not the same type"),
                new BrokenSchema(
                        BLOCKED_MESSAGES,
                        "policyRoutes",
                        "string",
                        "TapEventHistory.kql",
                        "column policyRoutes has not the same type"),
                new BrokenSchema(
                        HEALTH,
                        "kind",
                        "int",
                        "ConnectorStopped.kql",
                        "5:17: TYPES kind is int and 'heartbeat' is string"),
                new BrokenSchema(HEALTH, "hour", "string", "Completeness.kql", "KS"),
                new BrokenSchema(HEALTH, "delivered", "string", "Completeness.kql", "KS"),
                new BrokenSchema(HEALTH, "lagSeconds", "string", "ThreatsSilent.kql", "KS106"));
        return named(
                all.stream().map(BrokenSchema::job).toList(),
                all.stream().map(BrokenSchema::file).toList(),
                all.stream().map(BrokenSchema::finding).toList(),
                all);
    }

    @TestFactory
    Stream<DynamicTest> aBrokenQueryIsNamedWithItsPlace() {
        List<BrokenQuery> all = List.of(
                new BrokenQuery(
                        "MaliciousLinkClicked.kql",
                        "ClickIp = clickIP",
                        "ClickIp = clickIp",
                        "15:26: KS142 The name 'clickIp' does not refer"),
                new BrokenQuery(
                        "MaliciousLinkClicked.kql",
                        CLICKS,
                        "ProofPointTAPClicks_CL",
                        "2:1: KS204 The name 'ProofPointTAPClicks_CL' does not refer"),
                new BrokenQuery(
                        "ThreatsSilent.kql", "== 'heartbeat'", "== 3", "11:17: TYPES kind is string and 3 is long"),
                new BrokenQuery(
                        "ThreatsSilent.kql",
                        "lagSeconds < 3600",
                        "lagSeconds < '1h'",
                        "KS106 The operator '<' is not defined"),
                new BrokenQuery("TapEventHistory.kql", "threatURL", "threatUrl", "The name 'threatUrl' does not refer"),
                new BrokenQuery(
                        "TapEvents.kql",
                        "TapEventHistory",
                        "TapHistory",
                        "3:1: KS204 The name 'TapHistory' does not refer"),
                new BrokenQuery(
                        "CompletenessDiffers.kql",
                        "LatestRowAt",
                        "NewestRowAt",
                        "The name 'NewestRowAt' does not refer"),
                new BrokenQuery(
                        "CampaignToManyRecipients.kql",
                        "countif(Earlier > 0)",
                        "countwhen(Earlier > 0)",
                        "The name 'countwhen' does not refer"),
                new BrokenQuery(
                        "WorkbookPermittedClicks.kql",
                        "ThreatStatus",
                        "ThreatState",
                        "The name 'ThreatState' does not refer"));
        return named(
                all.stream().map(BrokenQuery::job).toList(),
                all.stream().map(BrokenQuery::file).toList(),
                all.stream().map(BrokenQuery::finding).toList(),
                all);
    }

    private static Stream<DynamicTest> named(
            List<KustoJob> jobs, List<String> files, List<String> findings, List<?> names) {
        List<KustoCheck.Report> reports = KustoCheck.bind(jobs);
        return IntStream.range(0, jobs.size())
                .mapToObj(i -> dynamicTest(
                        names.get(i).toString(),
                        () -> assertThat(reports.get(i).findings())
                                .anySatisfy(finding -> assertThat(finding.toString())
                                        .startsWith(files.get(i) + ":")
                                        .contains(findings.get(i)))));
    }

    /** The functions, and of the queries this one: the others take time. */
    private static KustoJob only(KustoJob job, String file) {
        return new KustoJob(
                job.tables(),
                job.functions(),
                job.queries().stream()
                        .filter(query -> query.file().equals(file))
                        .toList());
    }
}
