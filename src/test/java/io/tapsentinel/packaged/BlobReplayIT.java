package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import io.tapsentinel.testing.Azurite;
import io.tapsentinel.testing.CloudServices;
import io.tapsentinel.testing.Gzip;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The route on the archive page moves blobs of a real Azurite into the replay folder. */
@Timeout(value = 240, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class BlobReplayIT extends PackagedFixture {

    private static final Duration SOON = CloudServices.SOON;
    private static final Path PROJECT = Path.of(System.getProperty("user.dir"));
    private static final String CONTAINER = "answers";

    @TempDir
    Path data;

    private Azurite azurite;

    private CloudServices services;

    private BlobContainerClient container;
    /** Before any time that the program polls. */
    private final Instant end = Instant.now().minus(Duration.ofHours(2)).truncatedTo(ChronoUnit.SECONDS);

    @BeforeEach
    void start() throws Exception {
        azurite = open(new Azurite(data, TestAuthority.shared()));
        container = azurite.container(CONTAINER);
        container.create();
        services = open(new CloudServices(folder, TestAuthority.shared()).withSecret());
        services.proxy().way(CloudServices.BLOBS + ":443", azurite.port());
        Path routes = Files.createDirectories(services.launch().work().resolve("routes"));
        try (Stream<Path> files = Files.list(PROJECT.resolve("routes"))) {
            for (Path file : files.filter(each -> each.toString().endsWith(".camel.yaml"))
                    .toList()) {
                Files.copy(file, routes.resolve(file.getFileName()));
            }
        }
        Files.writeString(
                routes.resolve("replay-from-blobs.camel.yaml"),
                route().replace("<account>/<container>", Azurite.ACCOUNT + "/" + CONTAINER)
                        .replace("60000", "1000"));
    }

    @Test
    void eachBlobIsMovedAndItsEventsLandOnce() throws Exception {
        upload("tap/2026/1.json", answer(3));
        upload("tap/2026/2.json.gz", Gzip.of(answer(2)));
        upload("3.json", answer(1));

        PackagedProgram program = open(services.launch().start());
        program.awaitMatches("replay of (\\S+) committed", 3);
        program.awaitCommitted();
        program.awaitThat(
                "the container is empty",
                () -> container.listBlobs().stream().findAny().isEmpty());

        List<String> truth = services.live().truth(start(3), start(0));
        assertThat(truth).isNotEmpty();
        services.live().tables().assertNoneLost(truth);
        services.live().tables().assertNoneTwice(services.live().truth(start(3), Instant.now()));
        program.stop();
        services.assertThatNothingIsShown(program);
    }

    /** CVE-2026-66906: a blob name with {@code ..}. */
    @Test
    void aBlobWhoseNameClimbsOutOfTheFolderIsWrittenNowhereElse() throws Exception {
        Path work = services.launch().work();
        Path there = Files.writeString(work.resolve("climbed.json"), "of somebody else");
        upload("../../climbed.json", answer(1));

        try (PackagedProgram program = services.launch().start()) {
            program.awaitMatches("replay of (\\S+) committed", 1);
            program.awaitThat("the file is in done/", () -> {
                String[] done = work.resolve("state/replay/done").toFile().list();
                return done != null && done.length > 0;
            });
        }

        assertThat(there).hasContent("of somebody else");
        assertThat(work.resolve("state")).isDirectoryNotContaining("glob:**climbed.json");
    }

    @Test
    void twoBlobsWithOneFileNameAreBothReplayed() throws Exception {
        upload("tap/1.json", answer(3));
        upload("tap_1.json", answer(2));

        PackagedProgram program = open(services.launch().start());
        program.awaitMatches("replay of blob-tap_1.json committed", 2);

        List<String> truth = services.live().truth(start(3), start(1));
        assertThat(truth).isNotEmpty();
        services.live().tables().assertNoneLost(truth);
    }

    @Test
    void aBlobThatCannotBeMovedStaysAndBlocksNoOther() throws Exception {
        upload("1.json", answer(3));
        upload("2.json", answer(2));
        Files.createDirectories(services.launch().work().resolve("state/replay/blob-1.json/in-its-way"));

        try (PackagedProgram program = services.launch().start()) {
            program.awaitLine("replay of blob-2.json committed");
            program.awaitMatches("WARN.*blob 1.json was not moved", 2);
            services.assertThatNothingIsShown(program);
        }
        assertThat(container.listBlobs()).extracting(BlobItem::getName).containsExactly("1.json");
    }

    /** From the page. */
    private static String route() throws IOException {
        String page = Files.readString(PROJECT.resolve("src/site/markdown/archive.md"));
        String begin = "```yaml\n- route:\n    id: replay-from-blobs";
        int from = page.indexOf(begin) + "```yaml\n".length();
        return page.substring(from, page.indexOf("```", from));
    }

    /** A TAP answer for ten minutes; a smaller number is a later time. */
    private byte[] answer(int number) throws Exception {
        return services.live().answer(start(number), start(number - 1));
    }

    private Instant start(int number) {
        return end.minus(Duration.ofMinutes(10L * (number + 1)));
    }

    private void upload(String name, byte[] content) {
        container.getBlobClient(name).upload(BinaryData.fromBytes(content), true);
    }
}
