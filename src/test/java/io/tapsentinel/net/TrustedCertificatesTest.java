package io.tapsentinel.net;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.config.InvalidSettingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Valid and invalid values of {@code tls.ca-file}. */
class TrustedCertificatesTest {

    @TempDir
    Path folder;

    private String pem;

    @BeforeEach
    void encode() throws Exception {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        byte[] any = ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers()[0].getEncoded();
        pem = "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(any) + "\n-----END CERTIFICATE-----\n";
    }

    @Test
    void pemFileCanContainSeveralCertificates() throws Exception {
        Path file = Files.writeString(folder.resolve("both.pem"), "# mine\n" + pem + "\n# theirs\n" + pem);

        assertThatCode(() -> TrustedCertificates.with(file.toString())).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nowhere.pem", "", "empty.pem", "other.pem", "broken.pem"})
    void fileWithoutCertificatesIsRefusedByName(String name) throws Exception {
        Files.createFile(folder.resolve("empty.pem"));
        Files.writeString(folder.resolve("other.pem"), "just text\n");
        Files.writeString(folder.resolve("broken.pem"), pem.replaceFirst("(?m)^MII", "MMM"));
        String file = folder.resolve(name).toString();

        assertThatThrownBy(() -> TrustedCertificates.with(file))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("tls.ca-file is \"" + file + "\"")
                .hasMessageContaining("it must be a readable PEM file with one or more certificates");
    }
}
