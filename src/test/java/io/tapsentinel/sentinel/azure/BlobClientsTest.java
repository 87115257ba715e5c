package io.tapsentinel.sentinel.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClient;
import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.net.Network;
import io.tapsentinel.testing.ScriptedRequest;
import io.tapsentinel.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.camel.component.azure.storage.blob.BlobEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlobClientsTest {

    @ParameterizedTest
    @CsvSource({
        "PUBLIC,https://account.blob.core.windows.net",
        "USGOV,https://account.blob.core.usgovcloudapi.net",
        "CHINA,https://account.blob.core.chinacloudapi.cn"
    })
    void endpointOfAnAccountDependsOnTheCloud(AzureCloud cloud, String address) {
        BlobServiceClient client = clients(null, cloud).of("account");

        assertThat(client.getAccountUrl()).isEqualTo(address);
        assertThat(client.getAccountName()).isEqualTo("account");
    }

    @ParameterizedTest
    @CsvSource({
        "https://account.blob.core.windows.net",
        "https://account.privatelink.blob.core.windows.net",
        "https://127.0.0.1:10000/account",
        "https://blobs.example.com"
    })
    void configuredBlobEndpointTakesPrecedence(String own) {
        BlobClients clients = clients(own, AzureCloud.PUBLIC);

        assertThat(clients.of("account").getAccountUrl()).isEqualTo(own);
        assertThat(clients.of("account")).as("one client").isSameAs(clients.of("account"));
    }

    @ParameterizedTest
    @CsvSource({
        "https://other.blob.core.windows.net,account",
        "https://127.0.0.1:10000/other,account",
        "http://127.0.0.1:10000/account,account",
        ",Account",
        ",a/b",
        ",evil.example.com",
        ",ab"
    })
    void invalidAccountOrEndpointIsRefused(String own, String account) {
        assertThatThrownBy(() -> clients(own, AzureCloud.PUBLIC).of(account))
                .isInstanceOf(InvalidSettingException.class);
    }

    @Test
    void endpointGetsClientOfTheAccountInItsUri() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getRegistry().bind("clients", new OwnBlobClients(clients(null, AzureCloud.USGOV)));
            camel.start();

            assertThat(client(camel, "azure-storage-blob:first/a").getAccountUrl())
                    .isEqualTo("https://first.blob.core.usgovcloudapi.net");
            assertThat(client(camel, "azure-storage-blob:second/b?prefix=x").getAccountUrl())
                    .isEqualTo("https://second.blob.core.usgovcloudapi.net");
        }
    }

    @Test
    void configuredClientOrCredentialsTakePrecedence() throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            BlobServiceClient mine =
                    clients("https://mine.example.com", AzureCloud.PUBLIC).of("account");
            camel.getRegistry().bind("clients", new OwnBlobClients(clients(null, AzureCloud.PUBLIC)));
            camel.getRegistry().bind("mine", mine);
            camel.start();

            assertThat(client(camel, "azure-storage-blob:account/a?serviceClient=#mine"))
                    .isSameAs(mine);
        }
    }

    @Test
    void largeListingIsReadAndBlobOfAnySizeDownloaded() throws Exception {
        byte[] blob = new byte[(16 << 20) + 1];
        try (ScriptedServer server = new ScriptedServer(URI.create("http://127.0.0.1:1"))) {
            server.next(
                    call -> call.send(ScriptedRequest.Answer.of(200, "application/xml", listing())),
                    call -> call.send(new ScriptedRequest.Answer(200, Map.of("etag", "\"1\""), blob)));
            BlobContainerClient container = clients(server.uri() + "/account", AzureCloud.PUBLIC)
                    .of("account", "a2V5")
                    .getBlobContainerClient("container");
            ByteArrayOutputStream out = new ByteArrayOutputStream();

            assertThat(container.listBlobs()).hasSize(5_000);
            container.getBlobClient("blob").downloadStream(out);

            assertThat(out.size()).isEqualTo(blob.length);
        }
    }

    /** A full page of blobs with names of almost the maximum length, 1,024 characters. */
    private static String listing() {
        String name = "n".repeat(1_000);
        return "<?xml version=\"1.0\"?><EnumerationResults><Blobs>"
                + IntStream.range(0, 5_000)
                        .mapToObj(
                                i -> "<Blob><Name>" + name + i
                                        + "</Name><Properties><Content-Length>1</Content-Length><Etag>0x8</Etag></Properties></Blob>")
                        .collect(Collectors.joining())
                + "</Blobs><NextMarker/></EnumerationResults>";
    }

    private static BlobServiceClient client(DefaultCamelContext camel, String uri) {
        return camel.getEndpoint(uri, BlobEndpoint.class).getBlobServiceClient();
    }

    private static BlobClients clients(String own, AzureCloud cloud) {
        return new BlobClients(
                Optional.ofNullable(own).map(URI::create), cloud, Network.of(Map.of(), Map.of()), Map.of());
    }
}
