package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobItem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.tapsentinel.testing.Azurite;
import io.tapsentinel.testing.CloudServices;
import io.tapsentinel.testing.LiveServices;
import io.tapsentinel.testing.PackagedProgram;
import io.tapsentinel.testing.SecureServer;
import io.tapsentinel.testing.TestAuthority;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rejected records in a container of a real Azurite, for programs without a disk. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("full")
class BlobRejectedIT extends PackagedFixture {

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void aRejectedRecordWaitsForItsContainerAndLandsByReplay() throws Exception {
        TestAuthority authority = TestAuthority.shared();
        Azurite azurite = open(new Azurite(folder.resolve("azurite"), authority));
        CloudServices services = open(new CloudServices(folder.resolve("program"), authority).withSecret());
        FirstRecord refused = new FirstRecord(services.gate());
        SecureServer rule = open(new SecureServer(authority, refused));
        services.proxy()
                .way(CloudServices.BLOBS + ":443", azurite.port())
                .way(CloudServices.RULE + ":443", CloudServices.port(rule));
        BlobContainerClient rejected = azurite.container("rejected");
        services.launch().with("tap.rejected.uri", "azure-storage-blob:" + Azurite.ACCOUNT + "/rejected");

        PackagedProgram program = open(services.launch().start());
        program.awaitLine("UTC failed, .*cannot store .* at tap\\.rejected\\.uri");
        assertThat(program.found(LiveServices.COMMITTED))
                .as("committed without a place for the record")
                .isEmpty();

        rejected.create();
        program.awaitCommitted();
        List<String> names =
                rejected.listBlobs().stream().map(BlobItem::getName).toList();
        assertThat(names).hasSize(1).allMatch(name -> name.matches("\\w+-[0-9a-f]{32}-refused\\.json"));
        byte[] document = rejected.getBlobClient(names.get(0)).downloadContent().toBytes();
        assertThat(JSON.readTree(document).path("record").toString()).contains(refused.id);

        refused.accepted = true;
        Path replay = services.launch().work().resolve("state/replay");
        Files.move(Files.write(folder.resolve("document"), document), replay.resolve(names.get(0)));
        program.awaitLine("replay of \\S+ committed");
        services.live().assertThatAllCommittedLandedOnce(program);
        services.assertThatNothingIsShown(program);
    }

    /** Refuses every upload that holds the first record it saw, until told to accept it. */
    private static final class FirstRecord implements HttpHandler {

        private final HttpHandler sink;
        private volatile String id;
        private volatile boolean accepted;

        FirstRecord(HttpHandler sink) {
            this.sink = sink;
        }

        @Override
        public void handle(HttpExchange exchange) throws IOException {
            byte[] body = exchange.getRequestBody().readAllBytes();
            String text = new String(
                    new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes(), StandardCharsets.UTF_8);
            remember(JSON.readTree(text).path(0));
            exchange.setStreams(new ByteArrayInputStream(body), null);
            // the check at the start sends no record
            if (accepted || id == null || !text.contains(id)) {
                sink.handle(exchange);
                return;
            }
            byte[] answer = "{\"error\":{\"code\":\"InvalidRecord\",\"message\":\"The test refuses\"}}"
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("x-ms-error-code", "InvalidRecord");
            exchange.sendResponseHeaders(400, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        }

        private synchronized void remember(JsonNode first) {
            if (id == null && !first.isMissingNode()) {
                id = first.path("id").asText(first.path("GUID").asText());
            }
        }
    }
}
