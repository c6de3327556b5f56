"""Words that are never a person or a machine, whatever a host is called or who works on it.

A host named `docker`, or a user `centos` as the images of clouds have, must not turn
`docker.service` or `CentOS Linux` into something else: a verdict would change. Such names
are replaced only where the text says that a name stands there.
"""

from __future__ import annotations

ACCOUNTS = frozenset(
    b"root daemon bin sys sync games man lp mail news uucp proxy www-data www backup list irc gnats nobody "
    b"adm shutdown halt operator ftp apache nginx mysql mariadb redis postgres mongodb etcd kube ntp chrony "
    b"sshd dbus messagebus polkitd polkit postfix rpc rpcuser nfsnobody tss abrt libstoragemgmt systemd "
    b"systemd-network systemd-resolve systemd-timesync systemd-coredump systemd-bus-proxy syslog uuidd "
    b"lxd libvirt libvirt-qemu qemu kvm dnsmasq tcpdump avahi colord gdm lightdm pulse rtkit saslauth "
    b"docker dockremap containerd nvidia-persistenced sudo wheel admin administrator users user guest "
    b"shared public anonymous none null unknown system_u unconfined_u system tomcat jenkins gitlab-runner "
    b"baidu work idl-face facesvc idl face odp".split()
)
"""Accounts of systems and of the product: in its paths they stand for no person."""

WORDS = ACCOUNTS | frozenset(
    b"localhost localhost4 localhost6 localdomain host hosts hostname node name server client master worker "
    b"slave linux gnu kernel centos redhat rhel fedora ubuntu debian suse sles opensuse oracle rocky alma "
    b"almalinux anolis alinux kylin uos euler openeuler cloudlinux scientific stream release version vm vmware "
    b"virtualbox xen hyper-v microsoft amazon aliyun google tencent qemu bochs physical container nvidia "
    b"nouveau tesla geforce quadro grid gpu cuda nvml intel amd xeon cpu memory mem disk disks network net "
    b"eth0 ens33 bond0 br0 lo tcp tcp6 udp udp6 selinux enforcing permissive disabled enabled overlay overlay2 "
    b"devicemapper aufs btrfs xfs ext4 zfs vfs storage driver engine running stopped active inactive absent "
    b"present yes no true false on off ok error fail failed pass warning info debug license licence auth "
    b"security private cloud offline start stop restart status service services cluster default test python "
    b"python2 python3 gcc glibc libc tar unzip bash sh dev proc run etc usr lib var opt srv tmp boot mnt media "
    b"home data log logs conf config package packages install installer original module modules image images "
    b"port ports listen state tree record envcheck sos sosreport report manifest answers path file files "
    b"type size free total used model vendor product board bios uefi dmi pci usb sata nvme scsi raid virtio "
    b"wired wireless up down link global scope inet inet6 ether dynamic static any all from for to by is in of "
    b"as at the and or not with mode current physical-machine api app apps web db sql http https ssh".split()
)
"""What host and user names are never replaced for outside of a place that says what stands there."""

MIN_LENGTH = 3
"""Shorter names are too often part of something else."""


def is_common(word: bytes) -> bool:
    """Whether the word, as a name, is only to be replaced where a name must stand."""
    lower = word.lower()
    return len(lower) < MIN_LENGTH or lower in WORDS or lower.isdigit()
