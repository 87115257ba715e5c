package io.tapsentinel.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import io.tapsentinel.net.Network;
import io.tapsentinel.sentinel.azure.AzureHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/** Microsoft's emulator of blob storage: a process on 127.0.0.1 with HTTPS that checks tokens like Azure. */
public final class Azurite implements AutoCloseable {

    public static final String ACCOUNT = "tapsentineltest";

    private static final String KEY = Base64.getEncoder().encodeToString("no secret, only of this test".getBytes());
    private static final NpmPackage PACKAGE = new NpmPackage("azurite", "3.37.0", "azurite", "dist/src/blob/main.js");
    private static final Pattern LISTENING = Pattern.compile("successfully listens on https://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern ACCESS = Pattern.compile("\"(GET|PUT|DELETE|HEAD|POST|PATCH) (\\S+) HTTP");
    private static final Duration SOON = Duration.ofSeconds(60);

    private final Path folder;
    private final TestAuthority authority;
    private Process process;
    private int port;
    private int starts;

    /** @param folder for its data */
    public Azurite(Path folder, TestAuthority authority) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.authority = authority;
        start();
    }

    /** Starts it; a restart keeps port and data. */
    public void start() throws IOException {
        Path main = PACKAGE.installed().resolve("dist/src/blob/main.js").toAbsolutePath();
        Path output = output(++starts);
        ProcessBuilder builder = new ProcessBuilder(
                        "node",
                        main.toString(),
                        "--skipApiVersionCheck",
                        "--disableTelemetry",
                        "--blobHost",
                        "127.0.0.1",
                        "--blobPort",
                        String.valueOf(port),
                        "--location",
                        folder.resolve("data").toString(),
                        "--oauth",
                        "basic",
                        "--cert",
                        authority.serverKeys().toString(),
                        "--pwd",
                        TestAuthority.PASSWORD)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("AZURITE_ACCOUNTS", ACCOUNT + ":" + KEY);
        process = Children.start(builder);
        try {
            await("Azurite listens")
                    .atMost(SOON)
                    .until(() -> LISTENING.matcher(Files.readString(output)).find() || !process.isAlive());
        } catch (ConditionTimeoutException tooLate) {
            // its output follows
        }
        Matcher listening = LISTENING.matcher(Files.readString(output));
        boolean listens = listening.find();
        if (!listens) {
            close();
        }
        assertThat(listens).as("Azurite said: %s", Files.readString(output)).isTrue();
        port = Integer.parseInt(listening.group(1));
    }

    /** Ends it without losing acknowledged data, which it writes to files only every five seconds and at a clean end. */
    public void end() throws InterruptedException {
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("Azurite ends").isTrue();
    }

    public int port() {
        return port;
    }

    /** Address of the blob service. */
    public String endpoint() {
        return "https://127.0.0.1:" + port + "/" + ACCOUNT;
    }

    /** A container, accessed as the account's owner. */
    public BlobContainerClient container(String name) {
        AzureHttp http =
                new AzureHttp(Network.of(Map.of("tls.ca-file", authority.file().toString()), Map.of()), SOON, SOON, 16);
        return new BlobServiceClientBuilder()
                .endpoint(endpoint())
                .httpClient(http)
                .credential(new StorageSharedKeyCredential(ACCOUNT, KEY))
                .buildClient()
                .getBlobContainerClient(name);
    }

    /** Method, path and query of all requests so far, including those of the test. */
    public List<String> requests() throws IOException {
        StringBuilder all = new StringBuilder();
        for (int start = 1; start <= starts; start++) {
            all.append(Files.readString(output(start)));
        }
        return ACCESS.matcher(all)
                .results()
                .map(request -> request.group(1) + " " + request.group(2))
                .toList();
    }

    private Path output(int start) {
        return folder.resolve("output-" + start + ".txt");
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
