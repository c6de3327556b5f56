"""What a domain name looks like, and the few that are nobody's secret: data for `finders.foreign`."""

from __future__ import annotations

SURE = frozenset(
    b"com cn net org gov edu mil de uk fr jp kr hk tw sg ru eu nl ch nz za vn th lan corp intra "
    b"intranet localdomain local internal".split()
)
"""Top-level domains after which a name is one wherever it stands: none is a file's suffix as well."""

LIKELY = frozenset(
    b"io ai dev app cloud tech top xyz site online store shop vip wang co me tv cc info biz pro ltd "
    b"club group us ca au in it my id mo home".split()
)
"""Those that end the names of files, members and settings too: a place must say that a name stands there."""

INTERNAL = frozenset(b"lan corp intra intranet localdomain local internal home".split())
"""Those that nobody can register: they stay where no domain of an owner stands before them."""
AMBIGUOUS_ALONE = frozenset((b"local", b"internal"))
"""`rc.local`, `jdk.internal`: with a single label before them they are only likely."""

SECOND = frozenset(b"com net org gov edu ac co or ne go mil".split())
"""Labels below a country's domain that belong to nobody: `acmebank.com.cn` is one owner's."""

CODE = frozenset(
    b"com org net io cn edu gov java javax jdk sun jakarta kotlin scala groovy okhttp3 android dalvik "
    b"system microsoft self this os asp ado vb".split()
)
"""How dotted names in programs begin: `com.acme.net`, `java.net`."""
NEVER_CODE = frozenset((b"com", b"cn"))
"""What these never end with."""

FILES = (
    b"log|txt|conf|cfg|ini|json|xml|ya?ml|crt|cer|pem|key|csr|p12|pfx|jks|gz|bz2|xz|zip|tar|tgz|bak|old"
    b"|repo|list|sh|py|html?|php|access|error|out|db|sql|sock|pid|rpm|deb|d|vhost|zone|keytab|ldif|lic|dat"
)
"""Suffixes behind the name of a domain in the name of a file."""
UNITS = frozenset(
    b"service socket target timer mount automount slice device scope path swap".split()
) | frozenset(b"png jpg so o a ko jar sock conf log txt json".split())
"""What ends a name behind an @ or :// that is no domain: systemd's units, files."""

PUBLIC = frozenset(
    # containers, Kubernetes, NVIDIA, this product: what signatures, manuals and their logs name
    b"docker.io docker.com mobyproject.org nvidia.com nvidia.github.io nvcr.io k8s.io kubernetes.io gcr.io "
    b"containerd.io opencontainers.org "
    b"quay.io ghcr.io cncf.io helm.sh istio.io etcd.io projectcalico.org cilium.io flannel.io rancher.io "
    b"cattle.io k3s.io openshift.io prometheus.io grafana.com coreos.com baidu.com hyperscan.io "
    # distributions
    b"ubuntu.com canonical.com launchpad.net centos.org redhat.com fedoraproject.org fedora.org debian.org "
    b"raspbian.org suse.com opensuse.org oracle.com rockylinux.org almalinux.org cloudlinux.com kylinos.cn "
    b"uniontech.com openeuler.org openanolis.cn openanolis.org scientificlinux.org altlinux.org "
    b"amazonlinux.com elrepo.org baseurl.org rpmfusion.org freebsd.org "
    # where software comes from, and what its packages and messages name
    b"kernel.org github.com githubusercontent.com gitlab.com sourceforge.net gnu.org nongnu.org fsf.org "
    b"freedesktop.org gnome.org kde.org mozilla.org python.org pypi.org pythonhosted.org golang.org go.dev "
    b"gopkg.in uber.org googleapis.com google.com opencensus.io opentelemetry.io rust-lang.org crates.io "
    b"docs.rs npmjs.org npmjs.com apache.org maven.org sonatype.org spring.io oracle.com openjdk.org "
    b"mysql.com mariadb.org postgresql.org redis.io mongodb.com elastic.co nginx.org nginx.com openssl.org "
    b"openssh.com samba.org isc.org ntp.org netfilter.org infradead.org systemd.io selinuxproject.org "
    b"tresys.com rsyslog.com adiscon.com openldap.org postfix.org sqlite.org lua.org perl.org cpan.org "
    b"php.net ruby-lang.org nodejs.org w3.org ietf.org iana.org wikipedia.org json-schema.org "
    b"zlib.net bzip.org tukaani.org lz4.org xmlsoft.org intel.com amd.com arm.com vmware.com "
    b"microsoft.com hp.com dell.com lenovo.com huawei.com inspur.com supermicro.com broadcom.com "
    b"mellanox.com adaptec.com linux-mm.org linuxfoundation.org alsa-project.org letsencrypt.org".split()
)
"""These, and what is below them, stay: a diagnosis reads them, and they tell nothing of a customer."""
SHARED = frozenset(
    b"cluster.local docker.internal compute.internal google.internal example.com example.org example.net "
    b"nip.io sslip.io xip.io".split()
)
"""These stay too, but what is below them may be a host of ours."""


def is_public(labels: list[bytes]) -> bool:
    """Whether a name, in small letters and by its labels, is one that stays."""
    return is_vendors(labels) or any(b".".join(labels[at:]) in SHARED for at in range(len(labels) - 1))


def is_vendors(labels: list[bytes]) -> bool:
    """Whether it is one of PUBLIC, or below one."""
    return any(b".".join(labels[at:]) in PUBLIC for at in range(len(labels) - 1))
