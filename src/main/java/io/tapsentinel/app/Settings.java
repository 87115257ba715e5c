package io.tapsentinel.app;

import io.tapsentinel.archive.ArchiveSettings;
import io.tapsentinel.config.Cron;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.LogFormat;
import io.tapsentinel.config.Loopback;
import io.tapsentinel.config.SettingReader;
import io.tapsentinel.event.HumanText;
import io.tapsentinel.rejected.RejectedSettings;
import io.tapsentinel.replay.ReplaySettings;
import io.tapsentinel.sentinel.azure.AzureCloud;
import io.tapsentinel.store.StoreAddress;
import io.tapsentinel.store.StoreSettings;
import io.tapsentinel.store.ledger.RequestBudget;
import io.tapsentinel.tap.api.RefusalSettings;
import io.tapsentinel.tap.plan.ScheduleCost;
import io.tapsentinel.tap.plan.SweepPlanner;
import io.tapsentinel.tap.plan.WindowPlanner;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The settings of a run, checked once before the start. {@code application.properties} documents each property.
 *
 * @param requestTimeout  limit for a whole request to TAP
 * @param maxAnswerMegabytes limit for an answer of TAP, both compressed and uncompressed
 * @param principal       service principal of the TAP credential
 * @param secret          secret of the TAP credential, read for every request
 * @param source          name of the account in the store
 * @param sourceIdentity  identifies the service in the store, so that another one cannot reuse it
 * @param threatStatus    threat statuses to request
 * @param requestsPerDay  limit for a rolling day
 * @param reservePercent  share reserved for fresh polls
 * @param spool           folder for answers being read
 * @param ingestion       the rule's logs ingestion endpoint, or a data collection endpoint
 * @param ruleId          immutable id of the data collection rule
 * @param authenticate    whether uploads carry a token; false for loopback only
 * @param cloud           the endpoint's Azure cloud
 * @param state           address of the store
 * @param keysInMemory    number of delivered keys to cache
 * @param shutdownTimeout how long a stop waits for requests in progress
 * @param refusals        back-off after TAP refuses
 * @param rejected        storage of rejected records
 * @param replay          endpoint with answers and records to replay
 * @param sweepAges       ages at which each closed hour is swept, ascending; empty for never
 * @param updates         whether to send an event again when TAP's verdict changes
 * @param cost            requests that the schedule needs a day
 * @param additionalFields whether the tables have the column for additional fields
 * @param healthTable     whether to send health rows to the workspace
 * @param archive         archive of TAP's answers
 * @param blobEndpoint    address of a blob account outside the cloud's usual addresses; else empty
 */
public record Settings(
        URI tapUrl,
        Duration requestTimeout,
        int maxAnswerMegabytes,
        String principal,
        Supplier<String> secret,
        String source,
        String sourceIdentity,
        WindowPlanner.Settings planner,
        List<String> threatStatus,
        int requestsPerDay,
        int reservePercent,
        Path spool,
        URI ingestion,
        String ruleId,
        boolean authenticate,
        AzureCloud cloud,
        StoreAddress state,
        int keysInMemory,
        Duration shutdownTimeout,
        RefusalSettings refusals,
        RejectedSettings rejected,
        ReplaySettings replay,
        List<Duration> sweepAges,
        boolean updates,
        ScheduleCost cost,
        boolean additionalFields,
        boolean healthTable,
        ArchiveSettings archive,
        Optional<URI> blobEndpoint) {

    private static final List<String> CREDENTIALS =
            List.of("tap.principal", "tap.secret", "tap.secret-file", "sentinel.endpoint", "sentinel.dcr-immutable-id");

    /**
     * Whether to run the sandbox: {@code on}, or {@code auto} without any property of a real account.
     *
     * @param whenEmpty replaces an empty {@code tap.sandbox}
     */
    public static boolean wantsSandbox(Map<String, String> properties, String whenEmpty) {
        SettingReader read = new SettingReader(properties);
        String mode = read.text("tap.sandbox").isEmpty() ? whenEmpty : read.oneOf("tap.sandbox", "off", "on", "auto");
        return mode.equals("on") || mode.equals("auto") && CREDENTIALS.stream().noneMatch(properties::containsKey);
    }

    /**
     * @throws InvalidSettingException naming the first wrong property, or all missing ones
     */
    public static Settings of(Map<String, String> properties) {
        SettingReader read = new SettingReader(properties);
        read.require(
                "tap.url",
                "tap.principal",
                "tap.secret|tap.secret-file",
                "sentinel.endpoint",
                "sentinel.dcr-immutable-id");
        URI tap = read.url("tap.url");
        URI ingestion = read.url("sentinel.endpoint");
        boolean authenticate = read.oneOf("sentinel.auth", "azure", "none").equals("azure");
        if (!authenticate && !Loopback.isName(ingestion.getHost())) {
            throw SettingReader.bad("sentinel.auth", "none", "azure unless sentinel.endpoint is a loopback address");
        }
        if (authenticate && !"https".equals(ingestion.getScheme())) {
            throw SettingReader.bad("sentinel.endpoint", ingestion.toString(), "an https URL with sentinel.auth=azure");
        }
        Cron.of(read, "tap.sweep.cron");
        if (read.text("camel.server.enabled").isPresent()) {
            read.flag("camel.server.enabled");
        }
        LogFormat.of(properties);
        int requestsPerDay = read.number("tap.budget.requests-per-day", 1, 1_000_000);
        ScheduleCost cost = ScheduleCost.of(read);
        if (cost.total() > requestsPerDay) {
            throw SettingReader.bad(
                    "tap.budget.requests-per-day",
                    String.valueOf(requestsPerDay),
                    "at least " + HumanText.number(cost.total()) + " for this schedule (" + cost
                            + "). Otherwise poll less often (tap.poll.cron) or sweep at fewer ages (tap.sweep.ages, each costs 24)");
        }
        int share = RequestBudget.share(requestsPerDay, read.percent("tap.budget.reserve"), cost.polls());
        if (cost.sweeps() > requestsPerDay - share) {
            throw SettingReader.bad(
                    "tap.budget.reserve",
                    read.required("tap.budget.reserve"),
                    "lower: it reserves " + HumanText.number(share) + " of " + HumanText.number(requestsPerDay)
                            + " requests a day for polls, which leaves too few for " + HumanText.number(cost.sweeps())
                            + " sweeps. Otherwise sweep at fewer ages (tap.sweep.ages)");
        }
        return new Settings(
                tap,
                read.duration("tap.request-timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
                read.number("tap.max-answer-megabytes", 1, 1_000_000),
                read.required("tap.principal"),
                read.secret("tap.secret"),
                StoreSettings.source(read),
                read.text("tap.source-identity").orElse(tap.toString()),
                WindowPlanner.Settings.of(read),
                read.listOf("tap.threat-status", "active", "cleared", "falsePositive"),
                requestsPerDay,
                read.percent("tap.budget.reserve"),
                Path.of(read.required("tap.spool")),
                ingestion,
                ruleId(read),
                authenticate,
                AzureCloud.named(read.oneOf("sentinel.cloud", "public", "usgov", "china")),
                StoreSettings.address(read),
                read.number("state.keys-in-memory", 1_000, 100_000_000),
                read.duration("tap.shutdown-timeout", Duration.ofSeconds(1), Duration.ofHours(1)),
                RefusalSettings.of(read),
                RejectedSettings.of(read),
                ReplaySettings.of(read),
                SweepPlanner.ages(read),
                read.flag("tap.updates"),
                cost,
                read.flag("sentinel.additional-fields"),
                read.flag("sentinel.health-table"),
                ArchiveSettings.of(read),
                read.text("azure.blob-endpoint").map(url -> read.url("azure.blob-endpoint")));
    }

    private static String ruleId(SettingReader read) {
        String value = read.required("sentinel.dcr-immutable-id");
        if (!value.matches("dcr-[0-9a-zA-Z]{1,64}")) {
            throw SettingReader.bad(
                    "sentinel.dcr-immutable-id", value, "the rule's immutable id, dcr- and 32 digits, not its name");
        }
        return value;
    }
}
