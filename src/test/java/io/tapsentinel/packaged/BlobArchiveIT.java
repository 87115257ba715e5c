package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import io.tapsentinel.testing.Azurite;
import io.tapsentinel.testing.CloudServices;
import io.tapsentinel.testing.DeliveredRows;
import io.tapsentinel.testing.LoginServer;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The archive in a container of a real Azurite: it delays no event, and refills empty tables. */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class BlobArchiveIT extends PackagedFixture {

    private static final Duration SOON = CloudServices.SOON;
    private static final String NEVER = "0 0 0 1 1 ? 2099";
    private static final String REPLAYED = "replay of (\\S+) committed";

    private TestAuthority authority;

    private Azurite azurite;

    private BlobContainerClient container;

    @BeforeEach
    void start() throws Exception {
        authority = TestAuthority.shared();
        azurite = open(new Azurite(folder.resolve("azurite"), authority));
        container = azurite.container("archive");
    }

    @Test
    void anArchiveInterruptedForAWhileRefillsEmptyTablesWithEveryRowOnce() throws Exception {
        container.create();
        List<String> landed = archived();
        List<String> blobs =
                container.listBlobs().stream().map(BlobItem::getName).toList();
        assertThat(blobs)
                .as("one from before the outage, one that waited")
                .hasSizeGreaterThan(1)
                .allMatch(name -> name.matches("tap/\\d{4}/\\d\\d/\\d\\d/\\w+\\.json\\.gz"));
        CloudServices services = open(services("second").withSecret());
        Path replay = Files.createDirectories(services.launch().work().resolve("state/replay"));
        for (String blob : blobs) {
            container
                    .getBlobClient(blob)
                    .downloadToFile(replay.resolve(blob.replace('/', '_')).toString());
        }
        services.launch()
                .with("tap.poll.cron", NEVER)
                .with("tap.sweep.cron", NEVER)
                // nor at the start
                .with("tap.url", "http://127.0.0.1:1");
        try (PackagedProgram program = services.launch().start()) {
            assertThat(program.awaitMatches(REPLAYED, blobs.size())).hasSameSizeAs(blobs);
            assertThat(services.live().tables().rows()).containsExactlyInAnyOrderElementsOf(landed);
            program.stop();
            services.assertThatNothingIsShown(program);
        }
    }

    /** Rows of a program whose archive was unreachable between its first and its last answer. */
    private List<String> archived() throws Exception {
        try (CloudServices services = services("first").withSecret()) {
            services.launch().with("tap.archive.uri", "azure-storage-blob:" + Azurite.ACCOUNT + "/archive");
            DeliveredRows tables = services.live().tables();
            Path outbox = services.launch().work().resolve("state/archive");
            try (PackagedProgram program = services.launch().start()) {
                program.awaitThat(
                        "an answer is archived",
                        () -> container.listBlobs().stream().findAny().isPresent());

                azurite.end();
                int rows = tables.size();
                program.awaitThat("an answer waits", () -> waiting(outbox) > 0);
                program.awaitThat(
                        "health tells",
                        () -> program.health().last().contains("tap.archive.uri does not accept answers"));
                program.awaitThat("events are delivered", () -> tables.size() > rows + 2);
                assertThat(program.health().last()).startsWith("200 ").contains("DEGRADED");
                assertThat(program.found("UTC failed, ")).isEmpty();
                azurite.start();

                program.awaitThat("the outbox is empty", () -> waiting(outbox) == 0);
                program.awaitThat(
                        "health is well", () -> !program.health().last().contains("does not accept answers"));
                assertThat(program.found("WARN.*tap\\.archive\\.uri: upload failed"))
                        .as("said")
                        .hasSizeBetween(1, 3);
                program.stop();
                services.assertThatNothingIsShown(program);
            }
            // the next start archives the last commit, without another poll
            services.launch()
                    .with("tap.poll.cron", NEVER)
                    .with("tap.sweep.cron", NEVER)
                    .with("tap.source-identity", "https://" + CloudServices.TAP)
                    .with("tap.url", "http://127.0.0.1:1");
            try (PackagedProgram program = services.launch().start()) {
                program.awaitThat(
                        "the outbox is empty",
                        () -> waiting(outbox) == 0 && program.output().contains("started"));
            }
            assertThat(services.login().requests().stream().filter(LoginServer.Request::isForStorage))
                    .as("tokens for storage")
                    .hasSizeBetween(1, 2);
            return tables.rows();
        }
    }

    @Test
    void aMissingContainerHoldsUpOnlyTheArchive() throws Exception {
        CloudServices services = open(services("first").withSecret());
        services.launch().with("tap.archive.uri", "azure-storage-blob:" + Azurite.ACCOUNT + "/archive");
        PackagedProgram program = open(services.launch().start());
        program.awaitLine("tap\\.archive\\.uri: upload failed, will retry: .*ContainerNotFound");
        services.assertThatItWorks(program);
        container.create();
        program.awaitThat(
                "an answer is archived",
                () -> container.listBlobs().stream().findAny().isPresent());
    }

    private CloudServices services(String name) throws Exception {
        CloudServices services = new CloudServices(folder.resolve(name), authority);
        services.proxy().way(CloudServices.BLOBS + ":443", azurite.port());
        return services;
    }

    private static long waiting(Path outbox) throws IOException {
        try (Stream<Path> files = Files.list(outbox)) {
            return files.filter(file -> file.toString().endsWith(".json.gz")).count();
        }
    }
}
