package io.tapsentinel.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapsentinel.config.InvalidSettingException;
import io.tapsentinel.config.SettingReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoreSettingsTest {

    private static final String STORES = "it must be jdbc:sqlite: and the path of a file, without file: and options,"
            + " or jdbc:postgresql://host:port/database";

    @TempDir
    Path folder;

    private final Map<String, String> properties = new HashMap<>();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:mysql://x|state.url is \"jdbc:mysql://x\"; it must be jdbc:sqlite:",
                "jdbc:postgresql://tap:hu/hu/hush?@db/tap|state.url is \"jdbc:postgresql://...@...\"; it must be",
                "jdbc:mysql://db/tap?password=hu@hush|state.url is \"jdbc:mysql://...@...\"; it must be",
                "jdbc:sqlserver://db;password=hush|state.url is \"jdbc:sqlserver://db;...\"; it must be",
                "jdbc:postgresql:tap|state.url is \"jdbc:postgresql:tap\"; it must be",
                "jdbc:postgresql://tap:hush@db/tap|state.url is \"jdbc:postgresql://...@db/tap\"; it must be",
                "jdbc:postgresql://db/tap?password=hush|state.url is \"jdbc:postgresql://db/tap?...\"; it must be without user, password",
                "jdbc:postgresql://db/tap?a=b&sslmode=disable|it must be without user, password, time-outs and TLS parameters",
                "jdbc:postgresql://db/tap?socketTimeout=0|it must be without user, password, time-outs and TLS parameters",
                "jdbc:postgresql://db/tap|Missing: state.user, state.password or state.password-file"
            })
    void otherDatabaseIsRefusedWithoutSecrets(String url, String message) {
        assertThatThrownBy(() -> stateUrl(url))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:sqlite:",
                "jdbc:sqlite::memory:",
                "jdbc:sqlite::resource:tap.db",
                "jdbc:sqlite:file:/var/lib/tap.db",
                "jdbc:sqlite:file:tap.db",
                "jdbc:sqlite:http://db/tap.db",
                "jdbc:sqlite:.",
                "jdbc:sqlite:..",
                "jdbc:sqlite:state/..",
                "jdbc:sqlite:state/",
                "jdbc:sqlite:/",
                "jdbc:sqlite:/tmp"
            })
    void urlWithoutAFileIsRefused(String url) {
        assertThatThrownBy(() -> stateUrl(url))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("state.url is \"" + url + "\"; " + STORES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jdbc:sqlite:tap.db?mode=memory", "jdbc:sqlite:tap.db?synchronous=OFF", "jdbc:sqlite:tap.db?"})
    void driverOptionsAreRefused(String url) {
        assertThatThrownBy(() -> stateUrl(url))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage("state.url is \"jdbc:sqlite:tap.db?...\"; " + STORES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tap.db", "../tap.db", "state/../tap.db", "/var/lib/tap:1.db", "/tmp/a folder/tap@2.db", "..db"})
    void storeFileCanHaveAnyPath(String path) {
        assertThat(stateUrl("jdbc:sqlite:" + path).url()).isEqualTo("jdbc:sqlite:" + path);
    }

    private StoreAddress stateUrl(String url) {
        properties.put("state.url", url);
        return address();
    }

    private StoreAddress address() {
        return StoreSettings.address(new SettingReader(properties));
    }

    @Test
    void databasePasswordIsReadFromItsFileEachTime() throws Exception {
        Path file = Files.writeString(folder.resolve("password"), "first\n");
        properties.putAll(Map.of(
                "state.url",
                "jdbc:postgresql://a:5432,b:5432/tap?targetServerType=primary",
                "state.user",
                "tap",
                "state.password-file",
                file.toString(),
                "tls.ca-file",
                "authorities.pem"));

        StoreAddress address = address();

        assertThat(address.isShared()).isTrue();
        assertThat(address.user()).isEqualTo("tap");
        assertThat(address.authorities()).isEqualTo("authorities.pem");
        assertThat(address.password().get()).isEqualTo("first");
        Files.writeString(file, "second");
        assertThat(address.password().get()).isEqualTo("second");
        assertThat(address).hasToString("jdbc:postgresql://a:5432,b:5432/tap");
        properties.put("state.password-file", folder.resolve("none").toString());
        assertThatThrownBy(this::address)
                .hasMessageContaining("state.password-file is")
                .hasMessageContaining("a readable file");
    }
}
