package io.tapsentinel.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.store.Sql;
import io.tapsentinel.store.Store;
import io.tapsentinel.store.StoreAddress;
import io.tapsentinel.store.StoreException;
import io.tapsentinel.testing.Postgres;
import io.tapsentinel.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A database that is not on this machine, as far as its name says, is reached by TLS only, and only when its certificate is right. */
@Tag("full")
class PostgresTlsIT extends PackagedFixture {

    private static final String NAME = "db.example.com";

    private static Postgres postgres;

    private TestAuthority authority;
    private String path;

    @BeforeEach
    void start() throws Exception {
        postgres = Postgres.start();
        String url = postgres.newDatabase();
        path = url.substring(url.indexOf(':', "jdbc:postgresql://".length()));
        authority = new TestAuthority(folder, NAME);
    }

    @AfterEach
    void stop() {
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    void aServerIsTrustedByItsAuthorityAndItsNameAndNeverWithoutTls() throws Exception {
        assertRefused(NAME, authority.file().toString(), "SSL");

        KeyStore keys = KeyStore.getInstance(authority.serverKeys().toFile(), TestAuthority.PASSWORD.toCharArray());
        String key = Base64.getMimeEncoder()
                .encodeToString(keys.getKey("server", TestAuthority.PASSWORD.toCharArray())
                        .getEncoded());
        postgres.encrypt(
                Files.readString(folder.resolve("chain.pem")),
                "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");

        try (Store store = Store.open(address(NAME, authority.file().toString()), "tap", "https://tap.example.com")) {
            assertThat(store.<Long>transaction(c ->
                            Sql.number(c, "SELECT count(*) FROM pg_stat_ssl WHERE ssl AND pid = pg_backend_pid()")))
                    .isEqualTo(1);
        }
        assertRefused("other.example.com", authority.file().toString(), "other.example.com");
        assertRefused(NAME, "", "PKIX");
    }

    private void assertRefused(String name, String authorities, String why) {
        assertThatThrownBy(() -> Store.open(address(name, authorities), "tap", "https://tap.example.com")
                        .close())
                .isInstanceOf(StoreException.class)
                .hasMessageStartingWith("state.url: jdbc:postgresql://" + name)
                .hasMessageContaining(why)
                .hasMessageNotContaining(postgres.password());
    }

    private StoreAddress address(String name, String authorities) {
        return new StoreAddress(
                "jdbc:postgresql://" + name + path + "?socketFactory=" + ToThisMachine.class.getName(),
                postgres.user(),
                postgres::password,
                authorities);
    }

    /** What a name server would say. */
    public static final class ToThisMachine extends SocketFactory {

        @Override
        public Socket createSocket() {
            return new Socket() {

                @Override
                public void connect(SocketAddress to, int timeout) throws IOException {
                    super.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), postgres.port()), timeout);
                }
            };
        }

        @Override
        public Socket createSocket(String host, int port) {
            return createSocket();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) {
            return createSocket();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) {
            return createSocket();
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
            return createSocket();
        }
    }
}
