package io.tapsentinel.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.config.EffectiveProperties;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.sentinel.azure.AzureCloud;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final Map<String, String> ACCOUNT = Map.of(
            "TAP_PRINCIPAL",
            "p",
            "TAP_SECRET",
            "hush",
            "SENTINEL_ENDPOINT",
            "https://x.ingest.monitor.azure.com",
            "SENTINEL_DCR_IMMUTABLE_ID",
            "dcr-0123456789abcdef0123456789abcdef");

    @TempDir
    Path folder;

    private final Map<String, String> environment = new HashMap<>(ACCOUNT);

    private Settings settings() {
        return Settings.of(EffectiveProperties.load(folder, environment));
    }

    @Test
    void onlyCredentialsAreRequired() {
        Settings settings = settings();

        assertThat(settings.tapUrl()).hasToString("https://tap-api-v2.proofpoint.com");
        assertThat(settings.requestsPerDay()).isEqualTo(1800);
        assertThat(settings.reservePercent()).isEqualTo(30);
        assertThat(settings.planner().lookBack()).hasHours(1);
        assertThat(settings.threatStatus()).containsExactly("active", "cleared");
        assertThat(settings.cloud()).isEqualTo(AzureCloud.PUBLIC);
    }

    @Test
    void allMissingPropertiesAreNamed() {
        assertThatThrownBy(() -> Settings.of(EffectiveProperties.load(folder, Map.of())))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "Missing: tap.principal, tap.secret or tap.secret-file, sentinel.endpoint, sentinel.dcr-immutable-id."
                                + " Set them in application.properties or the environment (TAP_PRINCIPAL, ...).");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TAP_URL|http://tap.example.com|tap.url is \"http://tap.example.com\"; it must be an https URL",
                "TAP_URL|https://me:hush@tap.example.com|tap.url is \"https://...@tap.example.com\"; it must be an https URL without user name",
                "TAP_URL|https://tap.example.com#f|tap.url is \"https://tap.example.com#f\"; it must be an https URL",
                "TAP_URL|ftp://127.0.0.1|tap.url is \"ftp://127.0.0.1\"; it must be an https URL",
                "TAP_URL|no url|tap.url is \"no url\"; it must be",
                "TAP_URL|https://tap.example.com:70000|tap.url is \"https://tap.example.com:70000\"; it must be a URL with a port from 1 to 65535, or without a colon",
                "TAP_URL|https://tap.example.com:|tap.url is \"https://tap.example.com:\"; it must be a URL with a port from 1 to 65535",
                "TAP_URL|https://tap.example.com:/|tap.url is \"https://tap.example.com:/\"; it must be a URL with a port from 1 to 65535",
                "TAP_URL|https://tap.example.com:0|tap.url is \"https://tap.example.com:0\"; it must be a URL with a port from 1 to 65535",
                "TAP_URL|https://me:hu/hush@tap.example.com|tap.url is \"https://...@tap.example.com\"; it must be an https URL without user name",
                "AZURE_BLOB_ENDPOINT|http://blobs.example.com|azure.blob-endpoint is \"http://blobs.example.com\"; it must be an https URL",
                "AZURE_BLOB_ENDPOINT|https://a.blob.core.windows.net?sv=1&sig=2|azure.blob-endpoint is",
                "TAP_POLL_CRON|hourly|tap.poll.cron is \"hourly\"; it must be a Quartz cron expression",
                "TAP_POLL_LOOK_BACK|PT29M|tap.poll.look-back is \"PT29M\"; it must be an ISO 8601 duration from PT30M to PT1H",
                "TAP_POLL_LOOK_BACK|PT2H|tap.poll.look-back is \"PT2H\"; it must be an ISO 8601 duration from PT30M to PT1H",
                "TAP_POLL_LOOK_BACK|1h|tap.poll.look-back is \"1h\"; it must be an ISO 8601 duration",
                "TAP_POLL_SETTLE|-PT1S|tap.poll.settle is \"-PT1S\"; it must be an ISO 8601 duration from PT0S",
                "TAP_POLL_BACKFILL|P8D|tap.poll.backfill is \"P8D\"; it must be an ISO 8601 duration from PT30S to PT168H",
                "TAP_POLL_START|yesterday|tap.poll.start is \"yesterday\"; it must be an instant",
                "TAP_THREAT_STATUS|active,all|tap.threat-status is \"all\"; it must be a list of active, cleared, falsePositive",
                "TAP_BUDGET_REQUESTS_PER_DAY|431|tap.budget.requests-per-day is \"431\"; it must be at least 432 for this schedule"
                        + " (288 polls + 144 sweeps = 432 requests a day). Otherwise poll less often (tap.poll.cron) or sweep at fewer ages",
                "TAP_BUDGET_RESERVE|95 %|tap.budget.reserve is \"95 %\"; it must be lower: it reserves 1,710 of 1,800"
                        + " requests a day for polls, which leaves too few for 144 sweeps. Otherwise sweep at fewer ages (tap.sweep.ages)",
                "TAP_POLL_CRON|0 0 0 30 2 ?|tap.poll.cron is \"0 0 0 30 2 ?\"; it must be a Quartz cron expression that can fire",
                "TAP_SWEEP_CRON|hourly|tap.sweep.cron is \"hourly\"; it must be a Quartz cron expression",
                "TAP_SWEEP_AGES|PT10M|tap.sweep.ages",
                "TAP_SWEEP_AGES|PT4H,P7D|tap.sweep.ages",
                "CAMEL_SERVER_ENABLED|yes|camel.server.enabled is \"yes\"; it must be",
                "TAP_UPDATES|yes|tap.updates is \"yes\"; it must be",
                "TAP_BUDGET_REQUESTS_PER_DAY|0|tap.budget.requests-per-day is \"0\"; it must be a whole number from 1",
                "TAP_BUDGET_RESERVE|100 %|tap.budget.reserve is \"100 %\"; it must be a percentage from 0 % to 99 %",
                "TAP_RETRY_PAUSES|PT5S,PT11M|tap.retry.pauses is \"PT11M\"; it must be an ISO 8601 duration from PT0S to PT10M",
                "TAP_REST_THROTTLED|none|tap.rest.throttled is \"none\"; it must be a list of ISO 8601 durations, at least one",
                "TAP_REST_CREDENTIALS|PT0S|tap.rest.credentials is \"PT0S\"; it must be an ISO 8601 duration from PT1S to PT24H",
                "TAP_SHUTDOWN_TIMEOUT|PT0S|tap.shutdown-timeout is \"PT0S\"; it must be an ISO 8601 duration from PT1S",
                "SENTINEL_ENDPOINT|http://x.ingest.monitor.azure.com|sentinel.endpoint is \"http://x.ingest.monitor.azure.com\"; it must be an https URL",
                "SENTINEL_ENDPOINT|http://127.0.0.1:1|sentinel.endpoint is \"http://127.0.0.1:1\"; it must be an https URL with sentinel.auth=azure",
                "SENTINEL_DCR_IMMUTABLE_ID|my-rule|sentinel.dcr-immutable-id is \"my-rule\"; it must be the rule's immutable id",
                "SENTINEL_AUTH|none|sentinel.auth is \"none\"; it must be azure unless sentinel.endpoint is a loopback address",
                "SENTINEL_AUTH|basic|sentinel.auth is \"basic\"; it must be one of azure, none",
                "SENTINEL_CLOUD|germany|sentinel.cloud is \"germany\"; it must be one of public, usgov, china",
                "STATE_KEYS_IN_MEMORY|many|state.keys-in-memory is \"many\"; it must be a whole number from 1000",
                "TAP_REPLAY_URI|azure-storage-blob:account/container?accessKey=hush|tap.replay.uri is"
                        + " \"azure-storage-blob:account/container?...\"; it must not be a blob endpoint"
            })
    void wrongValueIsRefusedWithNameValueAndBound(String variable, String value, String message) {
        environment.put(variable, value);

        assertThatThrownBy(this::settings)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "file:archive|state/spool|tap.archive.outbox is \"state/spool\"; it must be a folder apart from that of tap.spool, state/spool",
                "file:archive|state/replay/in|tap.archive.outbox is \"state/replay/in\"; it must be a folder apart from that of tap.replay.uri",
                "file:archive|state|tap.archive.outbox is \"state\"; it must be a folder apart from that of",
                "file:state/../state/rejected?chmod=640|out|tap.archive.uri is \"state/../state/rejected\"; it must be a folder apart from that of"
                        + " tap.rejected.uri",
                "file:out/archive|out|tap.archive.uri is \"out/archive\"; it must be a folder apart from that of tap.archive.outbox"
            })
    void archiveFolderMustNotOverlapOtherFolders(String uri, String outbox, String message) {
        environment.put("TAP_ARCHIVE_OUTBOX", outbox);
        assertThat(settings().archive().uri()).as("off").isEmpty();

        environment.put("TAP_ARCHIVE_URI", uri);
        assertThatThrownBy(this::settings)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(message);
    }

    @Test
    void httpWithoutAuthenticationIsAllowedOnLoopback() {
        environment.putAll(Map.of(
                "TAP_URL", "http://localhost:1", "SENTINEL_ENDPOINT", "http://[::1]:2/", "SENTINEL_AUTH", "none"));

        assertThatCode(this::settings).doesNotThrowAnyException();
    }

    @Test
    void lengthOfTheSourceIsLimited() {
        environment.put("TAP_SOURCE", "a".repeat(100));
        assertThat(settings().source()).hasSize(100);

        environment.put("TAP_SOURCE", "a".repeat(101));
        assertThatThrownBy(this::settings)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("tap.source")
                .hasMessageContaining("at most 100 characters");
    }

    @Test
    void httpsOnLoopbackMayUseAToken() {
        environment.putAll(Map.of("SENTINEL_ENDPOINT", "https://127.0.0.1:8443", "SENTINEL_CLOUD", "china"));

        assertThat(settings())
                .matches(Settings::authenticate)
                .matches(settings -> settings.cloud() == AzureCloud.CHINA);
    }

    @Test
    void hostNameThatStartsLikeLoopbackIsRefused() {
        environment.put("TAP_URL", "http://127.0.0.1.example.com");

        assertThatThrownBy(this::settings).hasMessageContaining("tap.url");
    }

    @Test
    void environmentOverridesTheFileAndTheFileOverridesDefaults() throws IOException {
        Files.writeString(
                folder.resolve("application.properties"), "tap.source = file\ntap.poll.settle = PT2M\nmine = 1\n");

        Map<String, String> effective =
                EffectiveProperties.load(folder, Map.of("TAP_SOURCE", "environment", "MINE", "2"));

        assertThat(effective)
                .containsEntry("tap.source", "environment")
                .containsEntry("tap.poll.settle", "PT2M")
                .containsEntry("tap.poll.look-back", "PT1H")
                .containsEntry("mine", "2");
    }

    @Test
    void emptyValuesAreIgnored() throws IOException {
        Files.writeString(folder.resolve("application.properties"), "tap.source =\n");

        assertThat(EffectiveProperties.load(folder, Map.of("TAP_POLL_CRON", " ")))
                .containsEntry("tap.source", "tap")
                .containsEntry("tap.poll.cron", "0 0/5 * * * ?");
    }

    @Test
    void secretFileIsReadForEveryRequest() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "one\n");
        environment.remove("TAP_SECRET");
        environment.put("TAP_SECRET_FILE", file.toString());
        Settings settings = settings();
        assertThat(settings.secret().get()).isEqualTo("one");

        Files.writeString(file, "two");

        assertThat(settings.secret().get()).isEqualTo("two");
    }

    @Test
    void sandboxRunsIfOnOrIfAutoWithoutCredentials() {
        Map<String, String> none = EffectiveProperties.load(folder, Map.of());
        Map<String, String> half = EffectiveProperties.load(folder, Map.of("TAP_PRINCIPAL", "p"));
        Map<String, String> on = EffectiveProperties.load(folder, Map.of("TAP_PRINCIPAL", "p", "TAP_SANDBOX", "on"));

        assertThat(Settings.wantsSandbox(none, "auto")).isTrue();
        assertThat(Settings.wantsSandbox(none, "off")).isFalse();
        assertThat(Settings.wantsSandbox(half, "auto")).isFalse();
        assertThat(Settings.wantsSandbox(on, "off")).isTrue();
    }
}
