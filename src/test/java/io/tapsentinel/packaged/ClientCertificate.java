package io.tapsentinel.packaged;

import io.tapsentinel.testing.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** Key and certificate that a program signs in with. */
final class ClientCertificate {

    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    private final Path pem;

    ClientCertificate(Path folder) throws IOException, InterruptedException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance(TestAuthority.rsa(folder).toFile(), TestAuthority.PASSWORD.toCharArray());
        pem = Files.writeString(
                folder.resolve("client.pem"),
                block(
                                "PRIVATE KEY",
                                keys.getKey("client", TestAuthority.PASSWORD.toCharArray())
                                        .getEncoded())
                        + block("CERTIFICATE", keys.getCertificate("client").getEncoded()));
    }

    Path pem() {
        return pem;
    }

    private static String block(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n" + LINES.encodeToString(content) + "\n-----END " + what + "-----\n";
    }
}
