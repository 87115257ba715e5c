package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import io.tapsentinel.testing.Azurite;
import io.tapsentinel.testing.CloudServices;
import io.tapsentinel.testing.IdentityEndpoint;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.LoginServer;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.SecureServer;
import io.tapsentinel.testing.TestAuthority;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Answers of TAP that lie in a container of a real Azurite are brought in: at the account's own name, through the proxy, over https
 * of an authority in {@code tls.ca-file}, with a token of a client secret.
 */
@Timeout(value = 360, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class BlobReplayIT {

    private static final Duration SOON = CloudServices.SOON;
    private static final String BROUGHT_IN = "replay of (\\S+) committed";
    private static final String REFUSED = "replay of (\\S+) refused, it is left alone until it changes: (.*)";

    @TempDir
    static Path data;

    private static Azurite azurite;
    private static int containers;

    @TempDir
    Path folder;

    private String name;

    @AutoClose
    private CloudServices services;

    private BlobContainerClient container;
    /** Before anything that the program polls. */
    private final Instant end = Instant.now().minus(Duration.ofHours(2)).truncatedTo(ChronoUnit.SECONDS);

    @AfterAll
    static void stopAzurite() {
        if (azurite != null) {
            azurite.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        if (azurite == null) {
            azurite = new Azurite(data, TestAuthority.shared());
        }
        name = "answers-" + ++containers;
        container = azurite.container(name);
        services = new CloudServices(folder, TestAuthority.shared()).withSecret();
        services.proxy().way(CloudServices.BLOBS + ":443", azurite.port());
        services.launch()
                .with(
                        "tap.replay.uri",
                        "azure-storage-blob:" + Azurite.ACCOUNT + "/" + name + "?prefix=tap/&delay=500");
    }

    @Test
    void eachBlobIsBroughtInOnceOverStartsAndNothingInTheContainerIsTouched() throws Exception {
        container.create();
        upload("tap/1.json", answer(3));
        upload("tap/2.json.gz", gzip(answer(2)));
        upload("tap/deeper/3.JSON.gz", gzip(answer(1)));
        byte[] cut = gzip(answer(0));
        upload("tap/cut.json.gz", Arrays.copyOf(cut, cut.length / 2));
        upload("tap/foreign.json", "<html>MARKER</html>".getBytes(StandardCharsets.UTF_8));
        upload("tap/notes.txt", answer(0));
        upload("elsewhere/4.json", answer(0));
        Map<String, String> before = listing();

        try (PackagedProgram program = services.launch().start()) {
            assertThat(program.awaitMatches(BROUGHT_IN, 3, SOON)).hasSize(3);
            program.awaitLine(LiveServices.COMMITTED, SOON);
            assertThat(program.awaitMatches(REFUSED, 2, SOON))
                    .extracting(line -> line.group(1))
                    .containsExactly("tap/cut.json.gz", "tap/foreign.json");
            awaitLooks(program, 3);
            assertThat(program.found("signs in to Azure by client secret")).isNotEmpty();
            assertThatBlobsAre(3);
            assertThat(program.signal("TERM").awaitExit(SOON)).isZero();
            services.assertThatNothingIsShown(program);
        }
        assertThat(listing()).as("names and versions").isEqualTo(before);
        assertThat(fetched())
                .as("fetched")
                .containsExactlyInAnyOrder(
                        "tap/1.json", "tap/2.json.gz", "tap/deeper/3.JSON.gz", "tap/cut.json.gz", "tap/foreign.json");
        assertThat(services.login().requests().stream().filter(LoginServer.Request::isForStorage))
                .as("tokens for storage")
                .hasSize(1);

        try (PackagedProgram program = services.launch().start()) {
            awaitLooks(program, 3);
            assertThat(fetched()).as("fetched").hasSize(5);

            upload("tap/cut.json.gz", cut);
            program.awaitLine(BROUGHT_IN, SOON);

            assertThatBlobsAre(4);
            assertThat(program.found(REFUSED)).isEmpty();
            awaitLooks(program, 2);
            assertThat(fetched()).as("fetched").hasSize(6);
        }
    }

    @Test
    void whileTheContainerCannotBeReadEventsAreDeliveredAndItIsSaidOnce() throws Exception {
        try (PackagedProgram program = services.launch().start()) {
            program.awaitLine(
                    "the container cannot be listed: answered 404 ContainerNotFound: make the container", SOON);
            program.awaitLine(LiveServices.COMMITTED, SOON);
            program.awaitThat(
                    "health tells",
                    SOON,
                    () -> program.health()
                            .last()
                            .matches("(?s)200 .*tap.replay.uri are not brought in"
                                    + " \\(the container cannot be listed.*DEGRADED.*"));
            awaitLooks(program, 2);
            assertThat(program.found("cannot be listed")).as("said").hasSize(1);

            azurite.end();
            container = null;
            assertThat(program.awaitMatches("cannot be listed", 2, SOON)).hasSize(2);
            program.awaitMore(LiveServices.COMMITTED, 2, SOON);
            azurite.start();
            container = azurite.container(name);
            container.create();
            upload("tap/1.json", answer(3));

            program.awaitLine(BROUGHT_IN, SOON);

            program.awaitLine("nothing of it waits", SOON);
            program.awaitThat(
                    "health is well", SOON, () -> !program.health().last().contains("cannot be listed"));
            assertThatBlobsAre(1);
            services.assertThatNothingIsShown(program);
        }
    }

    @Test
    void withoutTheRoleItSaysWhichOne() throws Exception {
        String refusal =
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>AuthorizationPermissionMismatch</Code><Message>This request"
                        + " is not authorized to perform this operation using this permission.</Message></Error>";
        // Azurite knows no roles
        try (SecureServer refusing = new SecureServer(TestAuthority.shared(), exchange -> {
            exchange.getResponseHeaders().set("x-ms-error-code", "AuthorizationPermissionMismatch");
            exchange.getResponseHeaders().set("Content-Type", "application/xml");
            exchange.sendResponseHeaders(403, refusal.length());
            exchange.getResponseBody().write(refusal.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        })) {
            services.proxy().way(CloudServices.BLOBS + ":443", CloudServices.port(refusing));
            try (PackagedProgram program = services.launch().start()) {
                program.awaitLine(
                        "cannot be listed: answered 403 AuthorizationPermissionMismatch: give the program's identity the role"
                                + " Storage Blob Data Reader on the container",
                        SOON);
                program.awaitLine(LiveServices.COMMITTED, SOON);
            }
        }
    }

    @Test
    void aManagedIdentityReadsAnAccountAtAnAddressOfItsOwn() throws Exception {
        container.create();
        upload("tap/1.json", answer(3));
        try (IdentityEndpoint identity = new IdentityEndpoint()) {
            identity.give(LoginServer.storageToken());
            services.launch()
                    .environment(identity.environment())
                    .environment(Map.of("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential"))
                    .with("azure.blob-endpoint", azurite.endpoint())
                    .with("sentinel.auth", "none")
                    .with("sentinel.endpoint", services.live().sinkUri().toString());
            try (PackagedProgram program = services.launch().start()) {
                program.awaitLine(BROUGHT_IN, SOON);
                assertThat(identity.queries())
                        .as("requests for a token")
                        .containsExactly("api-version=2019-08-01&resource=https://storage.azure.com" + "&client_id="
                                + LoginServer.CLIENT);
            }
        }
        assertThat(services.proxy().connected()).doesNotContain(CloudServices.BLOBS + ":443");
    }

    @Test
    void anotherAccountThanTheAddressesStopsTheStart() throws Exception {
        services.launch().with("azure.blob-endpoint", "https://another.blob.core.windows.net");
        try (PackagedProgram program = services.launch().start()) {
            assertThat(program.awaitExit(SOON)).isEqualTo(1);
            assertThat(program.output())
                    .contains("tap-sentinel: azure.blob-endpoint is \"https://another.blob.core.windows.net\","
                            + " which is of the account another; azure-storage-blob:" + Azurite.ACCOUNT
                            + " names another one");
        }
        assertThat(services.login().requests()).isEmpty();
    }

    /** An answer of TAP for ten minutes; the later the smaller the number. */
    private byte[] answer(int number) throws Exception {
        return services.live().answer(start(number), start(number - 1));
    }

    private Instant start(int number) {
        return end.minus(Duration.ofMinutes(10L * (number + 1)));
    }

    /** All events of the answers from number 3 on, so many, are in the tables once, and nothing else but what was polled. */
    private void assertThatBlobsAre(int answers) {
        List<String> truth = services.live().truth(start(3), start(3 - answers));
        assertThat(truth).isNotEmpty();
        services.live().tables().assertNoneLost(truth);
        services.live().tables().assertNoneTwice(services.live().truth(start(3), Instant.now()));
    }

    private void awaitLooks(PackagedProgram program, int more) throws IOException {
        long before = listed();
        program.awaitThat(more + " more looks", SOON, () -> listed() >= before + more);
    }

    private long listed() throws IOException {
        return azurite.requests().stream()
                .filter(request -> request.contains("comp=list") && request.contains("prefix"))
                .count();
    }

    /** Names of blobs that the program asked for. */
    private List<String> fetched() throws IOException {
        return azurite.requests().stream()
                .filter(request -> request.startsWith("GET /" + name + "/"))
                .map(request -> URLDecoder.decode(request.substring(name.length() + 6), StandardCharsets.UTF_8))
                .toList();
    }

    private void upload(String name, byte[] content) {
        container.getBlobClient(name).upload(BinaryData.fromBytes(content), true);
    }

    private Map<String, String> listing() {
        Map<String, String> versions = new TreeMap<>();
        container
                .listBlobs()
                .forEach(blob ->
                        versions.put(blob.getName(), blob.getProperties().getETag()));
        return versions;
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }
}
