package io.tapsentinel.net;

import io.tapsentinel.config.InvalidSettingException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** Trusts the system's certificate authorities and those of one PEM file. */
final class TrustedCertificates {

    static final String OPTION = "tls.ca-file";

    private TrustedCertificates() {}

    /**
     * Checks certificates and names like the JDK's default context, with more authorities.
     *
     * @param file PEM with one or more certificates
     * @throws InvalidSettingException when the file is unreadable or contains no certificate
     */
    static SSLContext with(String file) {
        List<X509Certificate> own = read(file);
        try {
            KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
            all.load(null, null);
            List<X509Certificate> trusted = new ArrayList<>(system());
            trusted.addAll(own);
            for (int i = 0; i < trusted.size(); i++) {
                all.setCertificateEntry("authority-" + i, trusted.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(all);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the system's certificates cannot be read", e);
        }
    }

    private static List<X509Certificate> system() throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init((KeyStore) null);
        List<X509Certificate> found = new ArrayList<>();
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                found.addAll(List.of(x509.getAcceptedIssuers()));
            }
        }
        return found;
    }

    private static List<X509Certificate> read(String file) {
        try {
            byte[] bytes = Files.readAllBytes(Path.of(file));
            List<X509Certificate> certificates = new ArrayList<>();
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(bytes))) {
                certificates.add((X509Certificate) one);
            }
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (IOException | InvalidPathException unreadable) {
            throw bad(file, "cannot be read");
        } catch (CertificateException notCertificates) {
            // thrown below
        }
        throw bad(file, "contains no certificate");
    }

    private static InvalidSettingException bad(String file, String but) {
        return new InvalidSettingException(OPTION + " is \"" + file + "\", which " + but
                + "; it must be a readable PEM file with one or more certificates (-----BEGIN CERTIFICATE-----)");
    }
}
